-- The file of each row that is ready, under a number in the order in which they have waited. One row a row of `ready`.
create or replace temp table file_name as
select
    row_number() over (order by waiting_row) as file_number,
    file,
    waiting_row

from ready
