-- How much an import rejected, how much of that waits, and how many values are unknown. One row a table.
select
    table_name,
    coalesce(sum(rows) filter (where kind <> 'value'), 0) as rejected,
    coalesce(sum(rows) filter (where kind = 'orphan'), 0) as waiting,
    coalesce(sum(rows) filter (where kind = 'value'), 0) as unknown

from rejected_row

where run = $run

group by table_name
