-- The rows of `batch` that meet none of the table. One row each.
select
    {values},
    $run

from batch

inner join fate
    on batch.rowid = fate.batch_row

where fate.table_row is null
