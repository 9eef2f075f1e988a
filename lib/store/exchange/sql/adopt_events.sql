-- Note of events that came before facts were kept which fact they state: somebody says the same again, or their source
-- says its one statement of that lead and kind otherwise. They stay as they are but for that, and are kept beside. Returns nothing.
create or replace temp table old_event as
select
    event.rowid as event_row,
    event.event_id,
    event.lead_id,
    event.occurred_at,
    event.kind,
    event.actor,
    event.reason,
    event.amount,
    -- Several sources may have come together.
    list_transform(string_split(lower(import_run.what), ' + '), lambda source: source || ': ') as sources

from handoff_event as event

inner join import_run
    on event.run = import_run.run

where event.fact is null and event.run <> {run};

create or replace temp table adopted as
with

said_again as (

    select
        old_event.event_row,
        min_by(batch.rowid, (batch.file_number, batch.line)) as batch_row

    from batch

    inner join old_event
        on
            batch.lead_id = old_event.lead_id
            and batch.kind = old_event.kind
            and batch.occurred_at = old_event.occurred_at
            and batch.actor is not distinct from old_event.actor
            and batch.reason is not distinct from old_event.reason
            and batch.amount is not distinct from old_event.amount

    where not batch.by_id

    group by old_event.event_row

),

same_id as (

    select
        old_event.event_row,
        batch.rowid as batch_row

    from batch

    inner join old_event
        on batch.event_id = old_event.event_id

    where
        batch.by_id
        and (
            starts_with(batch.fact, ': ')
            or list_bool_or(list_transform(sources, lambda one: starts_with(lower(batch.fact), one)))
        )

),

one_old as (

    select
        lead_id,
        kind,
        any_value(event_row) as event_row,
        any_value(sources) as sources

    from old_event

    group by
        lead_id,
        kind

    having count(*) = 1

),

one_fact as (

    select
        lead_id,
        kind,
        any_value(fact) as fact,
        any_value(rowid) as batch_row

    from batch

    where not by_id and not coalesce(dated, true)

    group by
        lead_id,
        kind

    having count(distinct fact) = 1

),

said_otherwise as (

    select
        one_old.event_row,
        one_fact.batch_row

    from one_old

    inner join one_fact using (lead_id, kind)

    anti join handoff_event as standing
        on (one_fact.fact, one_fact.kind, one_fact.lead_id) = (standing.fact, standing.kind, standing.lead_id)

    where
        one_old.event_row not in (select event_row from said_again)
        and list_bool_or(list_transform(sources, lambda one: starts_with(lower(one_fact.fact), one)))

)

from said_again

union all

from same_id

union all

from said_otherwise;

insert into corrected_event by name
select
    event.*,
    {run} as corrected_by,
    'adopted' as why

from handoff_event as event

inner join adopted
    on event.rowid = adopted.event_row;

insert into lead_of_facts
select event.lead_id

from handoff_event as event

inner join adopted
    on event.rowid = adopted.event_row;

update handoff_event set
    fact = batch.fact,
    by_day = case when handoff_event.occurred_at = batch.occurred_at then coalesce(batch.by_day, false) else false end,
    day_ends_at = case when handoff_event.occurred_at = batch.occurred_at then batch.day_ends_at end,
    stated_at = case when handoff_event.occurred_at = batch.occurred_at then batch.stated_at end

from adopted

inner join batch
    on adopted.batch_row = batch.rowid

where handoff_event.rowid = adopted.event_row;

drop table old_event;

drop table adopted
