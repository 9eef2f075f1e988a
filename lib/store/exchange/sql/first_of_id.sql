-- The first of the rows of `batch` with each id of its own. One row an id.
create or replace temp table first_of_id as
select
    *,
    rowid as batch_row

from batch

where by_id

qualify row_number() over (partition by event_id order by file_number, line, rowid) = 1
