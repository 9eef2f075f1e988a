-- The leads whose cycles are to be derived anew, and their events, in two temporary tables. Returns nothing.
create or replace temp table lead_to_keep as
select
    counted.lead_id,
    counted.events,
    counted.latest_at

from (
    select
        lead_id,
        count(*) as events,
        -- What is known by its day alone may stand as late as its end.
        max(coalesce(day_ends_at, occurred_at)) as latest_at
    from handoff_event
    group by lead_id
) as counted

left join kept_lead
    on counted.lead_id = kept_lead.lead_id

where counted.events is distinct from kept_lead.events;

create or replace temp table event_of_lead_to_keep as
from handoff_event
semi join lead_to_keep using (lead_id);
