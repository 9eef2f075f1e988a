-- The rows of a table that an import is about to change and has not touched before. One row each, as it is.
select {table}.*

from {table}

inner join fate
    on {table}.rowid = fate.table_row

where
    not fate.same
    and {table}.run is distinct from $run
    and not exists (
        select 1
        from {replaced} as earlier
        where {same_key}
    )
