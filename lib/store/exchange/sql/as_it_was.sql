-- The rows of a table that an import changed and changed back. One row each, of those kept beside it.
select {replaced}.rowid

from {replaced}

inner join {table}
    on {same_key}

where {same_content}
