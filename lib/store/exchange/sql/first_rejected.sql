-- The first rows that an import rejected, in the order of its files. One row each.
select
    file,
    line,
    reason

from rejected_row

where run = $run and kind in ('row', 'orphan')

order by list_position($files::varchar[], file), line, table_name

limit $shown
