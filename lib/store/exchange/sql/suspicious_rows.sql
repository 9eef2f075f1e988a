-- Rows that are there and whose instant, or owner, cannot be right as it stands. One row a finding.
with

-- An import's rows of one table, and the newest instant that any import before it had brought there.
arriving as (

    select
        *,
        max(newest) over (partition by table_name order by run rows between unbounded preceding and 1 preceding)
            as newest_before

    from (
        select
            'activity' as table_name,
            run,
            max(occurred_at) as newest
        from activity
        where run is not null
        group by run

        union all

        select
            'handoff_event',
            run,
            max(occurred_at)
        from handoff_event
        where run is not null
        group by run
    ) as of_runs

),

dated as (

    select
        'activity' as table_name,
        activity_id as id,
        lead_id,
        occurred_at,
        kind,
        run

    from activity

    union all

    select
        'handoff_event',
        event_id,
        lead_id,
        occurred_at,
        kind,
        run

    from handoff_event

    union all

    select
        'lead_change',
        field,
        lead_id,
        changed_at,
        field,
        run

    from lead_change

    semi join lead using (lead_id)

),

known_rep as (

    select rep_id

    from rep

)

select
    'late' as finding,
    dated.table_name,
    dated.id,
    dated.lead_id,
    epoch_us(dated.occurred_at) as at_us,
    dated.kind as said,
    dated.run

from dated

inner join arriving
    on dated.table_name = arriving.table_name and dated.run = arriving.run

where dated.occurred_at < arriving.newest_before - to_days($late_days::integer)

union all

select
    'ahead',
    dated.table_name,
    dated.id,
    dated.lead_id,
    epoch_us(dated.occurred_at),
    dated.kind,
    dated.run

from dated

inner join import_run
    on dated.run = import_run.run and dated.occurred_at > import_run.imported_at

union all

-- An answer up to an hour before the lead was first handed over: two clocks that disagree.
select
    'before its hand-over',
    'handoff_event',
    event.event_id,
    event.lead_id,
    epoch_us(event.occurred_at),
    event.kind,
    event.run

from handoff_event as event

inner join kept_cycle as cycle
    on
        event.lead_id = cycle.lead_id
        and cycle.cycle = 1
        and event.occurred_at < cycle.mql_at
        and event.occurred_at >= cycle.mql_at - interval 1 hour
        -- Stamps lag: these belong to it.
        and not (
            event.kind in ('assigned', 'first_touch', 'accepted', 'rejected')
            and event.occurred_at >= cycle.mql_at - interval 10 minutes
        )

where event.kind <> 'retracted'

union all

select
    'future',
    dated.table_name,
    dated.id,
    dated.lead_id,
    epoch_us(dated.occurred_at),
    dated.kind,
    dated.run

from dated

where dated.occurred_at > $as_of

union all

select
    'future',
    'lead',
    lead_id,
    lead_id,
    epoch_us(created_at),
    'created',
    run

from lead

where created_at > $as_of

union all

select
    'unknown owner',
    'lead',
    lead_id,
    lead_id,
    epoch_us(created_at),
    owner,
    run

from lead

anti join known_rep
    on lead.owner = known_rep.rep_id

where nullif(trim(owner), '') is not null

union all

select
    'unknown owner',
    'handoff_event',
    event_id,
    lead_id,
    epoch_us(occurred_at),
    actor,
    run

from handoff_event as event

anti join known_rep
    on event.actor = known_rep.rep_id

where kind = 'assigned' and nullif(trim(actor), '') is not null
