-- Touches of each hand-off asked for, and what followed on its decision. One row a hand-off, in the order of `row`.
with

-- Of events a lead had between two hand-overs, those of the earlier one.
cycle as (

    select
        *,
        lead(mql_at, 1, 9223372036854775807) over (partition by lead_id order by cycle) as next_mql_at

    from asked

),

event as (

    select
        lead_id,
        epoch_us(occurred_at) as at,
        kind,
        kind = 'first_touch' and lower(detail ->> 'contact') = 'true' as is_contact

    from counting_event('handoff_event', $as_of)

    where kind <> 'mql'

),

of_events as (

    select
        cycle.row,
        min(event.at) filter (event.is_contact) as contact_at,
        count(*) filter (event.kind = 'first_touch') as attempts,
        -- Who has it is no news about the lead.
        min(event.at) filter (event.at > cycle.decided_at and event.kind <> 'assigned') as next_at

    from cycle

    inner join event
        on cycle.lead_id = event.lead_id and event.at >= cycle.mql_at and event.at < cycle.next_mql_at

    group by cycle.row

),

of_conversations as (

    select
        cycle.row,
        min(epoch_us(activity.occurred_at)) as next_at

    from cycle

    inner join activity
        on
            cycle.lead_id = activity.lead_id
            and activity.kind = 'conversation'
            and epoch_us(activity.occurred_at) > cycle.decided_at
            and epoch_us(activity.occurred_at) < cycle.next_mql_at
            and activity.occurred_at <= $as_of

    group by cycle.row

)

select
    coalesce(of_events.contact_at, 9223372036854775807) as contact_at,
    coalesce(of_events.attempts, 0) as attempts,
    coalesce(least(of_events.next_at, of_conversations.next_at), 9223372036854775807) as next_at

from cycle

left join of_events
    on cycle.row = of_events.row

left join of_conversations
    on cycle.row = of_conversations.row

order by cycle.row
