-- How often each thing is wrong, the most frequent first, each with its first case. One row a kind and cause.
select
    *,
    count(*) over alike as cases

from ({problems}) as problem

window
    alike as (partition by problem, step, cause, step is null),
    in_order as (
        partition by problem, step, cause, step is null
        order by
            run,
            file,
            line,
            table_name,
            case when step is null then said end,
            occurred_at,
            lead_id,
            event_id,
            field
    )

qualify row_number() over in_order = 1

order by cases desc, problem, step, cause
