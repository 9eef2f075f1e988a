-- The rows that an earlier import rejected just as this one did again. One row each.
select rejected_row.rowid

from rejected_row

where
    rejected_row.run < {run}
    and exists (
        from rejected_row as again
        where
            again.run = {run}
            and (again.file, again.line, again.table_name, again.kind, again.reason)
            = (rejected_row.file, rejected_row.line, rejected_row.table_name, rejected_row.kind, rejected_row.reason)
            and again.row::varchar is not distinct from rejected_row.row::varchar
    )
