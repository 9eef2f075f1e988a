-- The columns of every table that hold texts. One row a column.
select
    table_name,
    column_name,
    data_type

from duckdb_columns()

where
    not internal
    and database_name = current_database()
    and data_type in ('VARCHAR', 'JSON')
    and table_name in (select table_name from duckdb_tables() where not internal and not temporary)

order by
    table_name,
    column_index
