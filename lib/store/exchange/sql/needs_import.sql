-- What rests on an import: leads about whom somebody has written since what only it makes sense of. One row, or none.
with

brought as (

    select lead_id
    from lead
    where run = $run

    union all

    select lead_id
    from merged_lead
    where run = $run

),

-- Whatever came since about a lead that the import brought; what a merge has made that lead's is another's.
of_its_leads as (

    select event.lead_id

    from handoff_event as event

    inner join brought
        on coalesce(event.merged_from, event.lead_id) = brought.lead_id

    where event.run is null or event.run > $run

    union all

    select activity.lead_id

    from activity

    inner join brought
        on coalesce(activity.merged_from, activity.lead_id) = brought.lead_id

    where activity.run is null or activity.run > $run

),

-- Answers to hand-offs that the import brought; what an earlier import brought about them was there before it.
of_its_handoffs as (

    select opening.lead_id

    from (
        select
            *,
            lead(mql_at, 1, timestamp 'infinity') over (partition by lead_id order by cycle) as next_mql_at
        from kept_cycle
    ) as cycle

    inner join handoff_event as opening
        on cycle.opened_by = opening.event_id and opening.run = $run

    inner join handoff_event as answer
        on
            opening.lead_id = answer.lead_id
            and answer.occurred_at >= cycle.mql_at
            and answer.occurred_at < cycle.next_mql_at

    where answer.run is null or answer.run > $run

),

taken_back as (

    select event.lead_id

    from handoff_event as event

    inner join handoff_event as retraction
        on
            event.lead_id = retraction.lead_id
            and event.event_id = retraction.detail ->> 'event_id'

    where event.run = $run and (retraction.run is null or retraction.run > $run) and retraction.kind = 'retracted'

),

needing as (

    from of_its_leads

    union

    from of_its_handoffs

    union

    from taken_back

)

select
    min(lead_id) as example,
    count(*) as leads

from needing

having count(*) > 0
