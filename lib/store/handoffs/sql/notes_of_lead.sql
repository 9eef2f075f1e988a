-- What was written about one lead and not taken back, the newest first. One row a note.
select
    event.event_id,
    epoch_us(event.occurred_at) as at,
    event.kind,
    coalesce(event.detail ->> 'by', event.actor) as actor,
    event.detail ->> 'note' as text

from handoff_event as event

anti join handoff_event as undoing
    on event.event_id || $undone = undoing.event_id

where event.lead_id = $lead_id and event.detail ->> 'note' is not null

order by event.occurred_at desc, event.event_id
