-- The rows of `batch` that are added to the events. One row each.
select
    {values},
    $run

from batch

inner join event_fate
    on batch.rowid = event_fate.batch_row and event_fate.fate = 'added'
