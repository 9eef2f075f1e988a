-- Cycles, one row each, derived from the events as of any instant, and kept as of all events
-- (docs/decisions/0005-cycles-derived-and-kept.md).

-- The events that count as of an instant, each with the step of its kind. `events` names `handoff_event`, or a
-- table of all events of some leads. One row an event.
create macro counting_event(events, as_of) as table
with

-- A retraction may itself be taken back, by a later one only: so they are gone through backwards.
retracting as (

    select
        lead_id,
        list([event_id, detail ->> 'event_id'] order by occurred_at desc, event_id desc) as latest_first

    from query_table(events)

    where kind = 'retracted' and occurred_at <= as_of

    group by lead_id

),

taken_back as (

    select
        lead_id,
        unnest(list_reduce(
            latest_first,
            lambda gone, pair: case when list_contains(gone, pair[1]) then gone else list_append(gone, pair[2]) end,
            []::varchar[]
        )) as event_id

    from retracting

)

select
    *,
    -- The order of the kinds at one instant.
    case kind
        when 'mql' then 1
        when 'assigned' then 2
        when 'first_touch' then 3
        when 'accepted' then 4
        when 'rejected' then 5
        when 'sql' then 6
        when 'opportunity' then 7
        when 'won' then 8
        when 'lost' then 9
        when 'recycled' then 10
        when 'disqualified' then 11
    end::tinyint as step

from query_table(events)

anti join taken_back using (lead_id, event_id)

where occurred_at <= as_of and kind <> 'retracted';

-- The `mql` events that open a cycle, and until when (not included) events belong to it. One row a cycle.
create macro handoff_opening(events, as_of) as table
with

-- Between two `mql` events without an ending the cycle is still under way.
turning as (

    select
        event_id,
        lead_id,
        occurred_at,
        kind,
        detail,
        lag(kind) over (partition by lead_id order by occurred_at, step, event_id) as turn_before

    from counting_event(events, as_of)

    where kind in ('mql', 'rejected', 'won', 'lost', 'recycled', 'disqualified')

)

select
    lead_id,
    event_id,
    occurred_at as mql_at,
    detail,
    row_number() over following as cycle,
    lead(occurred_at, 1, timestamp 'infinity') over following as next_mql_at

from turning

where kind = 'mql' and turn_before is distinct from 'mql'

window following as (partition by lead_id order by occurred_at);

-- Every cycle as of an instant, by the events alone. One row a cycle.
create macro cycle_as_of(events, as_of) as table
with

opening as materialized (from handoff_opening(events, as_of)),

-- Steps: 4 accepted, 5 rejected, 6 sql, 7 opportunity, 8 won, 9 lost, 10 recycled, 11 disqualified.
happening as (

    select
        opening.lead_id,
        opening.cycle,
        event.event_id,
        event.occurred_at,
        event.step,
        event.actor,
        event.reason,
        epoch_us(event.occurred_at) * 16 + event.step as place,
        case
            when event.step in (7, 8)
                then {amount: event.amount, currency: upper(nullif(trim(event.detail ->> 'currency'), ''))}
        end as money

    from counting_event(events, as_of) as event

    inner join opening
        on
            event.lead_id = opening.lead_id
            and event.occurred_at >= opening.mql_at
            and event.occurred_at < opening.next_mql_at

    where event.step > 1

),

-- A later step implies the earlier ones, so the first instant of any of them is theirs.
became as (

    select
        lead_id,
        cycle,
        min(occurred_at) filter (step = 2) as assigned_at,
        min(occurred_at) filter (step = 3) as first_touch_at,
        min(place) filter (step = 4 or step between 6 and 9) as accepted_place,
        min(place) filter (step = 5 or step >= 10) as rejected_place,
        min(occurred_at) filter (step between 6 and 8) as sql_at,
        min(occurred_at) filter (step in (7, 8)) as opportunity_at,
        min(occurred_at) filter (step = 8) as won_at,
        min(occurred_at) filter (step = 9) as lost_at,
        arg_min_null(actor, (place, event_id)) filter (step = 2) as assigned_to,
        arg_min_null(reason, (place, event_id)) filter (step = 5 or step >= 10) as reason,
        arg_min_null(money, (place, event_id)) filter (step = 7) as asked,
        arg_min_null(money, (place, event_id)) filter (step = 8) as paid

    from happening

    group by lead_id, cycle

),

-- The first decision stands; after a rejection no step counts.
decided as (

    select
        * exclude (accepted_place, rejected_place),
        accepted_place < rejected_place or (accepted_place is not null and rejected_place is null) as accepted,
        rejected_place < accepted_place or (rejected_place is not null and accepted_place is null) as rejected,
        make_timestamp(least(accepted_place, rejected_place) >> 4) as decided_at

    from became

)

select
    opening.lead_id,
    opening.cycle::integer as cycle,
    opening.event_id as opened_by,
    opening.mql_at,
    opening.next_mql_at,
    assigned_at,
    first_touch_at,
    decided_at,
    case when accepted then 'accepted' when rejected then 'rejected' end as decision,
    case when rejected then reason end as reason,
    case when accepted then sql_at end as sql_at,
    case when accepted then opportunity_at end as opportunity_at,
    case when accepted then won_at end as won_at,
    case when accepted then lost_at end as lost_at,
    case when accepted then coalesce(paid.amount, asked.amount) end as amount,
    case
        when accepted and paid.amount is not null then paid.currency
        when accepted and asked.amount is not null then asked.currency
    end as currency,
    assigned_to,
    try_cast(floor(try_cast(opening.detail ->> 'score' as double)) as integer) as score,
    try_cast(opening.detail ->> 'version' as integer) as definition_version

from opening

left join decided
    on opening.lead_id = decided.lead_id and opening.cycle = decided.cycle;

-- The cycles as of all events there are, so that a page need not derive them. One row a cycle.
create table kept_cycle as
from cycle_as_of('handoff_event', timestamp 'infinity');

-- From how many events each lead's cycles are kept: a lead with another number of them has new ones.
create table kept_lead as
select
    lead_id,
    count(*) as events,
    max(occurred_at) as latest_at

from handoff_event

group by lead_id;

-- What became of everything handed over, by all events there are. One row a cycle.
create view handoff as
select
    cycle.lead_id || ':' || cycle as handoff_id,
    cycle.lead_id,
    cycle,
    mql_at,
    assigned_at,
    first_touch_at,
    decided_at,
    decision,
    reason,
    sql_at,
    opportunity_at,
    won_at,
    lost_at,
    amount,
    currency,
    coalesce(assigned_to, lead.owner) as owner,
    lead.channel,
    lead.source,
    score,
    definition_version

from cycle_as_of('handoff_event', timestamp 'infinity') as cycle

inner join lead
    on cycle.lead_id = lead.lead_id;
