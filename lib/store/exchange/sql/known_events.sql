-- Which of these hand-off events are there already. One row an event.
select event_id

from handoff_event

where event_id in (select unnest($ids::varchar[]))
