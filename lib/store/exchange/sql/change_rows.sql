-- Change the rows of a table that `batch` says something else of. Returns nothing.
update {table} set {changes}

from batch

inner join fate
    on batch.rowid = fate.batch_row

where fate.table_row = {table}.rowid and not fate.same
