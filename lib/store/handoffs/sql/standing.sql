-- How far each lead that was ever handed over has come as of an instant. One row a lead.
with

counting as materialized (from counting_event('handoff_event', $as_of)),

last_cycle as (

    select
        lead_id,
        max(mql_at) as mql_at,
        max(cycle) as cycle

    from handoff_opening('handoff_event', $as_of)

    group by lead_id

),

-- The first event of each kind counts; a cycle has ended for good with the last of them.
ending as (

    select
        counting.lead_id,
        greatest(
            min(occurred_at) filter (kind = 'rejected'),
            min(occurred_at) filter (kind = 'recycled'),
            min(occurred_at) filter (kind = 'won'),
            min(occurred_at) filter (kind = 'lost')
        ) as ended_at

    from counting

    inner join last_cycle
        on
            counting.lead_id = last_cycle.lead_id
            and counting.occurred_at >= last_cycle.mql_at

    group by counting.lead_id

),

disqualified as (

    select distinct lead_id

    from counting

    where
        kind = 'disqualified'
        or (kind = 'rejected' and (list_contains($disqualifying, folded(reason)) or detail ->> 'then' = 'disqualify'))

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
    (cycle is not null and ended_at is null)
    or lead_id in (select lead_id from disqualified)
    or lead_id in (select lead_id from handed_over_later) as shut

from last_cycle

full outer join disqualified using (lead_id)

full outer join handed_over_later using (lead_id)

left join ending using (lead_id)
