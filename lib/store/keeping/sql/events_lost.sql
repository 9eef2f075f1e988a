-- How many events there are that do not come back. One row.
select count(*) as events

from handoff_event

anti join event_back using (event_id)
