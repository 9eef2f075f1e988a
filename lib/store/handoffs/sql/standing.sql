-- How far each lead that was ever handed over, or is not to be, has come as of an instant. One row a lead.
with

last_cycle as (

    select
        lead_id,
        max(cycle) as cycle,
        arg_max(ended_at, cycle) as ended_at,
        arg_max(under_way, cycle) as under_way

    from {cycles}

    group by lead_id

),

counting as (

    from counting_event('handoff_event', $as_of)

    where event_id not in (select unnest(taken) from {leads} where taken is not null)

),

ruled_out as (

    select distinct lead_id

    from counting

    where
        kind = 'disqualified'
        or (kind = 'rejected' and (list_contains($disqualifying, folded(reason)) or detail ->> 'then' = 'disqualify'))
        -- Gone at its source.
        or (kind = 'withdrawn' and detail ->> 'deleted' = 'true')

    union

    -- Nobody erased is handed over, whatever they still did.
    select erased
    from erasure

),

-- Looked at from before an event, history is not written anew.
handed_over_later as (

    select distinct lead_id

    from handoff_event

    where kind = 'mql' and occurred_at > $as_of

)

select
    lead_id,
    coalesce(cycle, 0)::integer as cycles,
    epoch_us(ended_at) as returned_at,
    coalesce(under_way, false)
    or lead_id in (select lead_id from ruled_out)
    or lead_id in (select lead_id from handed_over_later) as shut

from last_cycle

full outer join ruled_out using (lead_id)

full outer join handed_over_later using (lead_id)
