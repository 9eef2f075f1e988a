-- Which of these hand-off events were brought in this name. One row an event.
select event.event_id

from handoff_event as event

inner join import_run
    on event.run = import_run.run

where import_run.what = $what and event.event_id in (select unnest($ids::varchar[]))
