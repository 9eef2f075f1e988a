-- The values that an import left out of rows it loaded, the most frequent first. One row a file, column and value.
select
    file,
    line,
    reason,
    rows

from rejected_row

where run = $run and kind = 'value'

order by rows desc, list_position($files::varchar[], file), line, reason

limit $shown
