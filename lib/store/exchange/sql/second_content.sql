-- The rows of `batch` whose id an earlier one has with another content, as rejected rows. One row each.
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

inner join first_of_id
    on batch.event_id = first_of_id.event_id

inner join file_name
    on batch.file_number = file_name.file_number

where batch.by_id and batch.rowid <> first_of_id.batch_row and not ({same_by_id})
