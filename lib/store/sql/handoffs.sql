-- Everything handed over as of an instant, instants in microseconds since 1970. One row a cycle.
select
    lead_id,
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
    -- Amounts of two currencies have no sum.
    case when coalesce(currency = main_currency($as_of), true) then amount end::double as amount,
    owner,
    channel,
    source,
    score::double as score,
    definition_version,
    epoch_us(lead_created_at) as lead_created_at

from handoff_as_of($as_of)

where $lead_id is null or lead_id = $lead_id

order by mql_at, lead_id
