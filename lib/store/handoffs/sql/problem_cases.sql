-- The first problems, rows of files before events, and changes of fields last. One row a problem.
select *

from ({problems}) as problem

order by
    field is not null,
    step is not null,
    run,
    file,
    line,
    table_name,
    case when step is null then said end,
    problem,
    occurred_at,
    lead_id,
    event_id,
    field

limit $most
