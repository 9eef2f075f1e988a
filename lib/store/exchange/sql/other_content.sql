-- The rows of `batch` whose id is taken by another content, as rejected rows. One row each.
select
    $run,
    file,
    batch.line,
    $table,
    'row',
    {begin} || {id} || ''' exists with other content',
    1,
    {row},
    {id}

from batch

inner join file_name using (file_number)

inner join {standing} as stands
    on {same_id}
