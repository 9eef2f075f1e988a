-- The events of the leads this import touched whose kind is another by their rule: `one unless another else a third`,
-- by what came before in the cycle. One row an event, in a temporary table.
create or replace temp table kind_by_rule as
with

touched as (

    select lead_id
    from handoff_event
    where run = $run

    union

    select lead_id
    from lead_of_facts

),

ruled as (

    select
        event.rowid as event_row,
        event.lead_id,
        event.kind,
        coalesce(event.day_ends_at, event.occurred_at) as until,
        regexp_extract(
            rule_of(event.fact, event.detail), '^(\w+) unless (\w+) else (\w+)$', ['kind', 'unless', 'other']
        ) as rule

    from handoff_event as event

    semi join touched using (lead_id)

    where rule_of(event.fact, event.detail) is not null

),

other_event as (

    select
        lead_id,
        kind,
        occurred_at

    from handoff_event

    semi join ruled using (lead_id)

    where
        rule_of(fact, detail) is null
        and event_id not in (
            select detail ->> 'event_id'
            from handoff_event
            where kind = 'retracted' and detail ->> 'event_id' is not null
        )

),

begun as (

    select
        ruled.event_row,
        max(other_event.occurred_at) as occurred_at

    from ruled

    inner join other_event
        on ruled.lead_id = other_event.lead_id and other_event.kind = 'mql' and other_event.occurred_at <= ruled.until

    group by ruled.event_row

),

judged as (

    select
        ruled.*,
        exists (
            from other_event
            where
                other_event.lead_id = ruled.lead_id
                and other_event.occurred_at between coalesce(begun.occurred_at, '-infinity') and ruled.until
                -- What implies a step is that step.
                and (
                    other_event.kind = ruled.rule.unless
                    or list_contains(map($steps, $implying)[ruled.rule.unless], other_event.kind)
                )
        ) as came_before

    from ruled

    left join begun
        on ruled.event_row = begun.event_row

)

select
    event_row,
    lead_id,
    if(came_before, rule.other, rule.kind) as kind

from judged

where kind <> if(came_before, rule.other, rule.kind)
