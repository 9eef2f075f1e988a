-- The first of the rows of `batch` with each id. One row an id.
create or replace temp table first_of_id as
select *

from batch

qualify row_number() over (partition by {key} order by file_number, line) = 1
