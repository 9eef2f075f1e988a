-- The leads that this import says no date of, were dated by their first event, and have an earlier one now. One row each.
create or replace temp table batch as
with

event_of_lead as (

    select
        lead_id,
        occurred_at,
        run
    from activity
    semi join lead_without_date using (lead_id)

    union all

    select
        lead_id,
        occurred_at,
        run
    from handoff_event
    semi join lead_without_date using (lead_id)

)

select
    1 as file_number,
    1 as line,
    lead.lead_id,
    min(event_of_lead.occurred_at) as created_at

from lead

inner join event_of_lead using (lead_id)

group by
    lead.lead_id,
    lead.created_at

having
    min(event_of_lead.occurred_at) < lead.created_at
    and lead.created_at = min(event_of_lead.occurred_at) filter (where event_of_lead.run < $run)
