-- Everything handed over as of an instant, instants in microseconds since 1970. One row a cycle.
with

cycle as (

    from kept_cycle

    where $kept

    union all

    from cycle_as_of('handoff_event', $as_of)

    where not $kept

),

-- Few: handed over although short of the threshold, to learn how sales answers them.
drawn as (

    select event_id

    from handoff_event

    where kind = 'mql' and detail ->> 'below_line' = 'true'

)

select
    cycle.lead_id,
    cycle,
    epoch_us(mql_at) as mql_at,
    epoch_us(assigned_at) as assigned_at,
    epoch_us(first_touch_at) as first_touch_at,
    epoch_us(decided_at) as decided_at,
    case decision when 'accepted' then 1 when 'rejected' then 2 else 0 end::tinyint as decision,
    reason,
    epoch_us(sql_at) as sql_at,
    epoch_us(opportunity_at) as opportunity_at,
    epoch_us(won_at) as won_at,
    epoch_us(lost_at) as lost_at,
    amount::double as amount,
    currency,
    coalesce(assigned_to, lead.owner) as owner,
    lead.channel,
    lead.source,
    score::double as score,
    definition_version,
    epoch_us(lead.created_at) as lead_created_at,
    opened_by in (select event_id from drawn) as below_line

from cycle

inner join lead
    on cycle.lead_id = lead.lead_id

where $lead_id is null or cycle.lead_id = $lead_id

order by mql_at, cycle.lead_id
