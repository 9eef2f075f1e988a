-- Give the second and later of a file's equal rows without id an id with their ordinal in it. Returns nothing.
update {staged} set {id} = md5({id} || ':' || ordinal)

from (
    select
        rowid as repeated_row,
        row_number() over (partition by {id} order by line) as ordinal

    from {staged}

    where
        hashed
        and fault is null
        and {id} in (
            select {id}
            from {staged}
            where hashed and fault is null
            group by all
            having count(*) > 1
        )
)

where {staged}.rowid = repeated_row and ordinal > 1
