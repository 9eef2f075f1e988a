-- Everything handed over as of an instant, instants in microseconds since 1970. One row a cycle.
with

-- Few: handed over although short of the threshold, to learn how sales answers them.
drawn as (

    select event_id

    from handoff_event

    where kind = 'mql' and detail ->> 'below_line' = 'true'

),

-- What each lead was when it was handed over.
lead_then as (

    select
        *,
        -- A lead that lies in a queue is nobody's.
        case when owner not in (select queue_id from queue) then owner end as person

    from known_at_hand_over({cycles_called})

)

select
    cycle.lead_id,
    cycle.cycle,
    epoch_us(mql_at) as mql_at,
    epoch_us(mql_until) as mql_until,
    epoch_us(assigned_at) as assigned_at,
    epoch_us(assigned_until) as assigned_until,
    epoch_us(first_touch_at) as first_touch_at,
    epoch_us(first_touch_until) as first_touch_until,
    epoch_us(decided_at) as decided_at,
    epoch_us(decided_until) as decided_until,
    case decision when 'accepted' then 1 when 'rejected' then 2 else 0 end::tinyint as decision,
    reason,
    implied::tinyint as implied,
    epoch_us(sql_at) as sql_at,
    epoch_us(opportunity_at) as opportunity_at,
    epoch_us(won_at) as won_at,
    epoch_us(lost_at) as lost_at,
    epoch_us(closed_at) as closed_at,
    case outcome when 'won' then 1 when 'lost' then 2 else 0 end::tinyint as outcome,
    amount::double as amount,
    currency,
    coalesce(cycle.owner, person) as owner,
    epoch_us(owner_since) as owner_since,
    coalesce(first_owner, cycle.owner, person) as first_owner,
    lead_then.channel,
    lead_then.source,
    score::double as score,
    definition_version,
    epoch_us(lead.created_at) as lead_created_at,
    opened_by in (select event_id from drawn) as below_line

from {cycles} as cycle

inner join lead
    on cycle.lead_id = lead.lead_id

inner join lead_then
    on cycle.lead_id = lead_then.lead_id and cycle.cycle = lead_then.cycle

where $lead_id is null or cycle.lead_id = $lead_id

order by mql_at, cycle.lead_id
