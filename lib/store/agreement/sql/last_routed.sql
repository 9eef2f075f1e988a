-- The last time leads were handed over by the agreed definition. At most one row.
select
    -- The data may have ended before the entry; entries from before this was noted stood at it.
    coalesce((detail ->> 'as_of')::bigint, epoch_us(noted_at)) as as_of,
    who,
    (detail ->> 'leads')::integer as leads

from audit_entry

where what = 'routed'

order by number desc

limit 1
