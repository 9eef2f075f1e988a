-- Which row of the table each row of `batch` meets, if any, and whether it says the same. One row a row of `batch`.
create or replace temp table fate as
select
    batch.rowid as batch_row,
    {table}.rowid as table_row,
    {same} as same

from batch

left join {table}
    on {same_key}
