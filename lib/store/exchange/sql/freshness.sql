-- How much there is and how new it is, by table and by what brought it. One row a table and origin (null: no import).
with

brought as (

    select
        'lead' as table_name,
        run,
        count(*) as rows,
        max(created_at) as newest

    from lead

    group by run

    union all

    select
        'activity',
        run,
        count(*),
        max(occurred_at)

    from activity

    group by run

    union all

    select
        'handoff_event',
        run,
        count(*),
        max(occurred_at)

    from handoff_event

    group by run

    union all

    select
        'lead_change',
        run,
        count(*),
        max(changed_at)

    from lead_change

    group by run

)

select
    table_name,
    import_run.what as origin,
    sum(brought.rows)::bigint as rows,
    epoch_us(max(brought.newest)) as newest,
    epoch_us(max(import_run.imported_at)) as imported_at

from brought

left join import_run
    on brought.run = import_run.run

group by all

order by
    origin nulls last,
    table_name
