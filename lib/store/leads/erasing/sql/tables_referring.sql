-- The tables whose rows refer to those of a table by a foreign key. One row a table.
select distinct table_name

from duckdb_constraints()

where constraint_type = 'FOREIGN KEY' and referenced_table = $table

order by table_name
