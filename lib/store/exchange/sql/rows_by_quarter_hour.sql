-- How many activities and hand-overs there were; a quarter is whole in every time zone. One row a table and quarter of an hour.
select
    'activity' as table_name,
    epoch_us(occurred_at) // 900000000 as quarter,
    count(*) as rows

from activity

where occurred_at >= $start and occurred_at < $end

group by all

union all

select
    'handoff_event',
    epoch_us(occurred_at) // 900000000,
    count(*)

from handoff_event

where kind = 'mql' and occurred_at >= $start and occurred_at < $end

group by all
