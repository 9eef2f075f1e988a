-- The rows of `batch` that say of an event that it is gone, in a temporary table. One row each.
create or replace temp table gone_fact as
select
    fact,
    case when ends_with(fact, ': ' || event_id) or by_alias then '' else lead_id end as whose,
    stated_at

from batch

where gone
