-- The rows of `batch` with what tells which standing events state the same fact. One row each.
create temp table of_facts as
select
    *,
    -- What its kind depends on, where it does.
    rule_of(fact, detail) as rule,
    -- An id of its own is a key by itself, whatever the lead and kind; so is what may become another kind.
    coalesce(ends_with(fact, ': ' || event_id), false) or rule is not null as by_id,
    -- A deal names its lead by another id, and stays the same deal whoever that is.
    case when by_id or by_alias then '' else lead_id end as whose,
    case when kind = 'retracted' then detail ->> 'event_id' end as retracts

from batch
