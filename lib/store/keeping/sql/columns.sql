-- The columns of tables that hold values of their own, and those of views; in their order. One row a column.
select
    table_name,
    column_name

from duckdb_columns()

where database_name = $database and schema_name = 'main' and not is_generated

order by
    table_name,
    column_index
