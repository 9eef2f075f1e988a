-- The rows of `batch` that say of an event that it is gone, in a temporary table. One row each.
create or replace temp table gone_fact as
select
    fact,
    whose,
    stated_at

from batch

where gone
