-- Put the cycles in `cycle_to_keep` in the place of those of the leads in `lead_to_keep`, and of leads that have no events
-- any more; note from how many events. Returns nothing.
delete from kept_cycle
where lead_id in (select lead_id from lead_to_keep) or lead_id not in (select lead_id from handoff_event);

delete from kept_lead
where lead_id in (select lead_id from lead_to_keep) or lead_id not in (select lead_id from handoff_event);

insert into kept_cycle by name
from cycle_to_keep;

insert into kept_lead
select
    lead_to_keep.*,
    customer_since,
    taken

from lead_to_keep

left join customer_to_keep
    on lead_to_keep.lead_id = customer_to_keep.lead_id;

drop table event_of_lead_to_keep;

drop table lead_to_keep;
