-- How many rows of `batch` say of an id of their own what an earlier one says. One row.
select count(*)

from batch

inner join first_of_id
    on batch.event_id = first_of_id.event_id

where batch.by_id and batch.rowid <> first_of_id.batch_row and ({same_by_id})
