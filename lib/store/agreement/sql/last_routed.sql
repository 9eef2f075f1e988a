-- The last time leads were handed over by the agreed definition. At most one row.
select
    epoch_us(noted_at) as noted_at,
    who,
    (detail ->> 'leads')::integer as leads

from audit_entry

where what = 'routed'

order by number desc

limit 1
