-- What an import rejected, set aside until its lead comes, or read as unknown. One row a row of a file, or a value.
select
    file,
    line,
    table_name,
    kind,
    reason,
    rows,
    kind = 'row' and key is not null as taken,
    row::varchar as row

from rejected_row

where run = $run

-- What a person has to mend comes first, then what waits, then what counts otherwise or was read as unknown.
order by
    list_position(['row', 'orphan', 'twice', 'value'], kind),
    file,
    line,
    table_name,
    reason

limit $most
