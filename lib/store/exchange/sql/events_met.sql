-- Which standing events the rows of `batch` meet: those of the same fact, or else of the same id. One row a pair.
create or replace temp table event_met as
with

of_fact as (

    select
        batch.rowid as batch_row,
        event.rowid as event_row

    from batch

    inner join handoff_event as event
        on (batch.fact, batch.kind, batch.lead_id) = (event.fact, event.kind, event.lead_id)

    where batch.whose <> ''

    union all

    select
        batch.rowid,
        event.rowid

    from batch

    inner join handoff_event as event
        on batch.fact = event.fact

    where batch.whose = '' and (batch.by_id or batch.kind = event.kind)

),

of_id as (

    select
        batch.rowid as batch_row,
        event.rowid as event_row

    from batch

    inner join handoff_event as event
        on batch.event_id = event.event_id

    anti join of_fact
        on (batch.rowid, event.rowid) = (of_fact.batch_row, of_fact.event_row)

),

met as (

    select
        *,
        true as of_fact
    from of_fact

    union all

    select
        *,
        false as of_fact
    from of_id

)

select
    met.*,
    event.event_id,
    event.lead_id,
    event.run,
    event.stated_at,
    -- The hash of another fact's event is what it says; whose it is now, merges and aliases said.
    case
        when batch.by_id then {same_by_id}
        when not of_fact then true
        else
            batch.occurred_at = event.occurred_at
            and coalesce(batch.by_day, false) = coalesce(event.by_day, false)
            and batch.actor is not distinct from event.actor
            and batch.reason is not distinct from event.reason
            and batch.amount is not distinct from event.amount
            and batch.retracts is not distinct from case when event.kind = 'retracted' then event.detail ->> 'event_id' end
    end as says_the_same

from met

inner join batch
    on met.batch_row = batch.rowid

inner join handoff_event as event
    on met.event_row = event.rowid
