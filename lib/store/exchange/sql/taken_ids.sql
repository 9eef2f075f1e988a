-- The rows of `batch` whose id is taken by another content, as rejected rows. One row each.
select
    $run,
    file,
    batch.line,
    'handoff_event',
    'row',
    'event_id ''' || batch.event_id || ''' exists with other content',
    1,
    {row},
    batch.event_id,
    batch.event_id,
    null

from batch

inner join event_fate
    on batch.rowid = event_fate.batch_row and event_fate.fate = 'taken'

inner join file_name using (file_number)
