-- How many activities and events there were; a quarter is whole in every time zone. One row a table, kind and quarter of an
-- hour.
select
    'activity' as table_name,
    kind,
    epoch_us(occurred_at) // 900000000 as quarter,
    count(*) as rows

from activity

where occurred_at >= $start and occurred_at < $end

group by all

union all

select
    'handoff_event',
    kind,
    epoch_us(occurred_at) // 900000000,
    count(*)

from handoff_event

where occurred_at >= $start and occurred_at < $end

group by all
