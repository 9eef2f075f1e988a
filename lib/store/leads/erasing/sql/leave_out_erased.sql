-- The rows of `batch` that are of people who were erased, as rejected rows that hold nothing of them. One row each.
select
    $run,
    file,
    line,
    $table,
    'row',
    $reason,
    1,
    null,
    null,
    null,
    null

from batch

inner join file_name using (file_number)

where ({erased})
