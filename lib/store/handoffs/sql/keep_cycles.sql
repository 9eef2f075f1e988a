-- Derive anew the cycles of the leads that have new events, and note from how many. Returns nothing.
create or replace temp table lead_with_new_events as
select
    counted.lead_id,
    counted.events,
    counted.latest_at

from (
    select
        lead_id,
        count(*) as events,
        max(occurred_at) as latest_at
    from handoff_event
    group by lead_id
) as counted

left join kept_lead
    on counted.lead_id = kept_lead.lead_id

where counted.events is distinct from kept_lead.events;

create or replace temp table event_of_lead_with_new_ones as
from handoff_event
semi join lead_with_new_events using (lead_id);

delete from kept_cycle
where lead_id in (select lead_id from lead_with_new_events);

delete from kept_lead
where lead_id in (select lead_id from lead_with_new_events);

insert into kept_cycle
from cycle_as_of('event_of_lead_with_new_ones', timestamp 'infinity');

insert into kept_lead
from lead_with_new_events;

drop table event_of_lead_with_new_ones;

drop table lead_with_new_events;
