-- The audit chain, of all or one kind of change. One row an entry, in their order.
select
    number,
    epoch_us(noted_at) as noted_at,
    who,
    what,
    detail,
    before,
    sha256

from audit_entry

where $what is null or what = $what

order by number
