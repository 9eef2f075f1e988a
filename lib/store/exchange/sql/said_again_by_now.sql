-- The rows that an earlier import noted as said twice and that a staged file says again. One row each.
select rejected_row.rowid as number

from rejected_row

where
    rejected_row.kind = 'twice'
    and rejected_row.run < $run
    and rejected_row.table_name = $table
    and rejected_row.id in (select {id} from {staged} where fault is null)
