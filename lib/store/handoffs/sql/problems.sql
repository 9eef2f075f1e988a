-- Everything that is wrong as of an instant: rows of files, events and changes of fields. One row a problem.
with

of_row as ({rows}),

of_event as ({events}),

of_change as ({changes})

select
    problem,
    lead_id,
    key as event_id,
    occurred_at,
    null as step,
    null as mql_at,
    reason as said,
    -- What is quoted is a value or a name; an apostrophe inside of it is followed by more of it.
    regexp_replace(reason, '''([^'']|''[^ ,.;)])*''', '''…''', 'g') as cause,
    run,
    file,
    line,
    table_name,
    rows,
    null as field,
    null as value,
    null as old_value,
    null as before

from of_row

where $kind is null or problem = $kind

union all

select
    problem,
    lead_id,
    event_id,
    occurred_at,
    kind,
    mql_at,
    said,
    case when problem in ('unknown reason', 'currency') then said end,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null

from of_event

where $kind is null or problem = $kind

union all

select
    problem,
    lead_id,
    null,
    changed_at,
    null,
    null,
    null,
    -- Whatever the field.
    problem,
    null,
    null,
    null,
    null,
    null,
    field,
    value,
    old_value,
    before

from of_change

where $kind is null or problem = $kind
