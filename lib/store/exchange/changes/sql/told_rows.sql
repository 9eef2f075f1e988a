-- The rows of `batch` that change a lead. One row each.
select
    batch.lead_id,
    batch.reading,
    batch.stated_at

from batch

inner join fate
    on batch.rowid = fate.batch_row

where fate.table_row is not null and not fate.same
