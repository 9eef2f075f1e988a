-- A file's texts as typed rows of a temporary table. One row a row of the file that says something here.
create temp table {into} as

with

texts as (

    select
        *,
        $latest::bigint as latest_instant,
        {texts}

    from {rows}

    where {says_something}

),

typed as (

    select
        *,
        {values}

    from texts

    where {not_skipped}

),

judged as (

    select
        *,
        {judgements}

    from typed

)

select
    $file_number::integer as file_number,
    line,
    {columns},
    fault,
    case when fault is not null or ({sought}) then {row} end as faulty_row

from judged
