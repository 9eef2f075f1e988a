-- The leads whose events an import brought, in a temporary table. One row a lead.
create or replace temp table lead_of_events as
select distinct lead_id

from handoff_event

where run = $run
