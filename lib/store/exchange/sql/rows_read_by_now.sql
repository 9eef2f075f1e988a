-- The rows that an earlier import rejected and that a staged file has now. One row each, or several.
with

rejected as (

    select
        rowid as number,
        file,
        line,
        table_name,
        id,
        lead_id,
        key,
        reason,
        row

    from rejected_row

    where kind = 'row' and run < $run

),

read as (

    select
        line,
        {id} as id,
        {lead_id} as lead_id,
        {fact} as fact,
        faulty_row as row

    from {staged}

    where faulty_row is not null

),

by_id as (

    select rejected.number

    from rejected

    inner join read
        on rejected.id = read.id

    -- Of an id that another source's event has, the same source has to speak.
    where rejected.table_name = $table and (rejected.key is null or (rejected.row ->> 'fact') = read.fact)

),

likely as (

    select
        rejected.*,
        read.row as row_read

    from rejected

    inner join read
        on rejected.lead_id = read.lead_id

    where rejected.table_name = $table and rejected.id is null

    union all

    select
        rejected.*,
        read.row

    from rejected

    inner join read
        on rejected.line = read.line

    where rejected.file = $file and (rejected.table_name = $table or json_type(rejected.row) = 'VARCHAR')

),

texts as (

    select
        number,
        reason,
        row::map(varchar, varchar) as before,
        row_read::map(varchar, varchar) as now

    from likely

    where json_type(row) = 'OBJECT'

),

-- The same texts under the same headings, but for what was at fault.
by_content as (

    select number

    from texts

    where
        list_sort(map_keys(before)) = list_sort(map_keys(now))
        and len(list_filter(
            map_keys(before),
            lambda heading: before[heading] is distinct from now[heading]
            and not contains(reason, '''' || left(before[heading], 100) || '''')
            and not (ends_with(reason, ' is blank') and coalesce(before[heading], '') = '')
        )) = 0

),

-- What could not be told apart into columns begins with the same cell.
by_first_cell as (

    select number

    from (
        select
            number,
            row ->> '$' as text,
            map_values(row_read::map(varchar, varchar))[1] as first_cell
        from likely
        where json_type(row) = 'VARCHAR'
    )

    where
        first_cell <> ''
        and (starts_with(text, first_cell) or starts_with(text, '"' || first_cell))

)

select number
from by_id

union all

select number
from by_content

union all

select number
from by_first_cell
