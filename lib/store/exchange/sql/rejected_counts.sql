-- How much an import rejected, how much of that waits, how many values are unknown, and how much is said twice. One row a
-- table.
select
    table_name,
    coalesce(sum(rows) filter (where kind in ('row', 'orphan')), 0) as rejected,
    coalesce(sum(rows) filter (where kind = 'orphan'), 0) as waiting,
    coalesce(sum(rows) filter (where kind = 'value'), 0) as unknown,
    coalesce(sum(rows) filter (where kind = 'twice'), 0) as twice

from rejected_row

where run = $run

group by table_name
