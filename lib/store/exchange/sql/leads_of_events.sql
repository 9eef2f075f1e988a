-- The leads whose events an import brought or moved aside, in a temporary table. One row a lead.
create or replace temp table lead_of_events as
select lead_id

from handoff_event

where run = $run

union

select lead_id

from corrected_event

where corrected_by = $run
