-- Give owners that are written by name the id of the one rep of that name. Returns nothing.
update batch set actor = named.rep_id

from (
    select
        lower(trim(name)) as name,
        min(rep_id) as rep_id

    from rep

    where nullif(trim(name), '') is not null

    group by all

    having count(*) = 1
) as named

where
    batch.kind = 'assigned'
    and not starts_with(batch.fact, ': ')
    and lower(trim(batch.actor)) = named.name
    and batch.actor not in (select rep_id from rep)
