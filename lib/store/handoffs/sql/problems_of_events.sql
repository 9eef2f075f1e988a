-- Events that count for nothing, contradict or say something unknown, as of an instant. One row an event and problem.
with

cycle as (

    select
        lead_id,
        cycle,
        mql_at,
        next_mql_at,
        amount,
        currency

    from kept_cycle

    where $kept

    union all

    select
        lead_id,
        cycle,
        mql_at,
        next_mql_at,
        amount,
        currency

    from cycle_as_of('handoff_event', $as_of)

    where not $kept

),

-- Most leads are beyond suspicion: no kind twice, the hand-over first, one decision, a known reason against.
suspect as (

    select lead_id

    from counting_event('handoff_event', $as_of)

    group by lead_id

    having
        bit_count(bit_or(1 << step::integer)) < count(*)
        or min(epoch_us(occurred_at) * 16 + step) & 15 <> 1
        or bool_or(step = 4 or step between 6 and 9) and bool_or(step = 5 or step >= 10)
        or bool_or((step = 5 or step >= 10) and not list_contains($reasons, folded(coalesce(reason, ''))))

),

belonging as (

    select
        event.lead_id,
        event.event_id,
        event.occurred_at,
        event.kind,
        event.step,
        event.reason,
        cycle.cycle,
        cycle.mql_at,
        step = 4 or step between 6 and 9 as accepting,
        step = 5 or step >= 10 as rejecting

    from counting_event('handoff_event', $as_of) as event

    semi join suspect on event.lead_id = suspect.lead_id

    left join cycle
        on
            event.lead_id = cycle.lead_id
            and event.occurred_at >= cycle.mql_at
            and event.occurred_at < cycle.next_mql_at

),

placed as (

    select
        *,
        row_number() over (partition by lead_id, cycle, step order by occurred_at, event_id) > 1 as again,
        first_value(accepting) over deciding as decided_to_accept,
        row_number() over deciding = 1 and rejecting as decides_to_reject

    from belonging

    window deciding as (
        partition by lead_id, cycle
        order by not (accepting or rejecting), occurred_at, step, event_id
    )

),

-- The currency most hand-offs have their amount in.
main as (

    select currency

    from cycle

    where amount is not null and currency is not null

    group by currency

    order by count(*) desc, currency

    limit 1

),

found as (

    select
        *,
        case
            when cycle is null then 'orphan'
            when decided_to_accept and step = 5 then 'contradiction'
            when not decided_to_accept and accepting then 'contradiction'
            when again and step not in (2, 3) then 'repeat'
        end as problem

    from placed

)

select
    problem,
    lead_id,
    event_id,
    occurred_at,
    kind,
    mql_at,
    null as said

from found

where problem is not null

union all

select
    'unknown reason',
    lead_id,
    event_id,
    occurred_at,
    kind,
    mql_at,
    reason

from found

where cycle is not null and decides_to_reject and not list_contains($reasons, folded(coalesce(reason, '')))

union all

select
    'orphan',
    lead_id,
    event_id,
    occurred_at,
    kind,
    null,
    detail ->> 'event_id'

from handoff_event as retraction

where
    kind = 'retracted'
    and occurred_at <= $as_of
    and not exists (
        from handoff_event as named
        where
            named.lead_id = retraction.lead_id
            and named.event_id = retraction.detail ->> 'event_id'
            and named.occurred_at <= $as_of
    )

union all

select
    'future',
    lead_id,
    event_id,
    occurred_at,
    kind,
    null,
    null

from handoff_event

where occurred_at > $as_of

union all

select
    'currency',
    lead_id,
    event_id,
    occurred_at,
    kind,
    null,
    upper(trim(detail ->> 'currency'))

from counting_event('handoff_event', $as_of)

where
    kind in ('opportunity', 'won')
    and amount is not null
    and upper(nullif(trim(detail ->> 'currency'), '')) <> (from main)

order by problem, occurred_at, lead_id, event_id
