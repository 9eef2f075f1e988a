-- Take over the rows of a table of another file, column by column. Returns the number of rows.
insert into {table} ({columns})
select {columns}

from {source}
