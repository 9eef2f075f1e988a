-- The values that an earlier import left unknown, first in a row that a staged file has now, where this import says of no
-- row that such a value is unknown, or of as many. One row each.
select rejected_row.rowid as number

from rejected_row

left join rejected_row as again
    on
        again.run = $run
        and again.kind = 'value'
        and again.table_name = $table
        and rejected_row.reason = again.reason

where
    rejected_row.kind = 'value'
    and rejected_row.run < $run
    and rejected_row.table_name = $table
    and starts_with(rejected_row.reason, $column || ' ''')
    and rejected_row.id in (select {id} from {staged} where fault is null)
    and coalesce(again.rows >= rejected_row.rows, true)
