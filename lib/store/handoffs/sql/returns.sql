-- When leads came back from sales as of an instant: recycled, else rejected for a reason that recycles. One row a cycle
-- that did.
with

cycle as (

    from kept_cycle

    where $kept

    union all

    from cycle_as_of('handoff_event', $as_of)

    where not $kept

),

recycled as (

    select
        cycle.lead_id,
        cycle.cycle,
        min(event.occurred_at) as recycled_at

    from counting_event('handoff_event', $as_of) as event

    inner join cycle
        on
            event.lead_id = cycle.lead_id
            and event.occurred_at >= cycle.mql_at
            and event.occurred_at < cycle.next_mql_at

    where event.kind = 'recycled'

    group by cycle.lead_id, cycle.cycle

)

select
    lead_id,
    epoch_us(coalesce(recycled_at, decided_at)) as returned_at

from cycle

left join recycled using (lead_id, cycle)

where recycled_at is not null or (decision = 'rejected' and list_contains($recycling, folded(reason)))
