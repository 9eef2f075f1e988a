-- How many rows of `batch` meet one of the table, and how many of those say the same. One row.
select
    count(table_row) as known,
    count(*) filter (where same and table_row is not null) as same_rows

from fate
