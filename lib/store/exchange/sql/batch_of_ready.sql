-- The rows of `ready` that are one table's and fill the same columns of it. One row each.
create or replace temp table batch as
select
    file_number,
    line,
    run < $run as from_earlier,
    {columns}

from ready

inner join file_name using (waiting_row)

where table_name = $table and json_keys(row) = $filled::varchar[]
