-- The rows of a file that cannot be meant, as rejected rows. One row each.
select
    $run,
    $file,
    line,
    $table,
    'row',
    fault,
    1,
    faulty_row,
    null,
    {id},
    {lead_id}

from {staged}

where fault is not null
