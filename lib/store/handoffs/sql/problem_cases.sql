-- The first problems, rows of files before events. One row a problem.
select *

from ({problems}) as problem

order by
    step is not null,
    run,
    file,
    line,
    table_name,
    case when step is null then said end,
    problem,
    occurred_at,
    lead_id,
    event_id

limit $most
