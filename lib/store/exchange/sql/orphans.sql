-- The rows of `batch` that have to wait for their lead, as rejected rows. One row each.
select
    $run,
    file,
    line,
    $table,
    'orphan',
    $reason || ' is called ''' || lead_id || ''' yet',
    1,
    {row},
    {key},
    null,
    null

from batch

inner join file_name using (file_number)

where {orphan}

-- They are loaded in the order in which they came, the last one counting.
order by
    batch.file_number,
    batch.line
