-- The tables of a database of this connection, views left out, in the order they were made. One row a table.
select table_name

from duckdb_tables()

where database_name = $database and schema_name = 'main' and not internal and not temporary

order by table_oid
