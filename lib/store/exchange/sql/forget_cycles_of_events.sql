-- Forget the kept cycles of the leads in `lead_of_events`, which goes too. Returns nothing.
delete from kept_cycle
where lead_id in (select lead_id from lead_of_events);

delete from kept_lead
where lead_id in (select lead_id from lead_of_events);

drop table lead_of_events
