-- Touches of each hand-off asked for, and what followed on its decision. One row a hand-off, in the order of `row`.
with

asked_for as (

    select
        asked.row,
        asked.lead_id,
        asked.decided_at,
        -- Of conversations a lead had between two hand-overs, those of the earlier one.
        lead(asked.mql_at, 1, 9223372036854775807) over (partition by asked.lead_id order by asked.cycle) as next_mql_at,
        epoch_us(cycle.contact_at) as contact_at,
        cycle.attempts,
        epoch_us(cycle.next_at) as next_at

    from asked

    inner join {cycles} as cycle
        on asked.lead_id = cycle.lead_id and asked.cycle = cycle.cycle

),

of_conversations as (

    select
        asked_for.row,
        min(epoch_us(activity.occurred_at)) as next_at

    from asked_for

    inner join activity
        on
            asked_for.lead_id = activity.lead_id
            and activity.kind = 'conversation'
            and epoch_us(activity.occurred_at) > asked_for.decided_at
            and epoch_us(activity.occurred_at) < asked_for.next_mql_at
            and activity.occurred_at <= $as_of

    group by asked_for.row

)

select
    coalesce(contact_at, 9223372036854775807) as contact_at,
    attempts,
    coalesce(least(asked_for.next_at, of_conversations.next_at), 9223372036854775807) as next_at

from asked_for

left join of_conversations
    on asked_for.row = of_conversations.row

order by asked_for.row
