-- Add one event. Returns nothing.
insert into handoff_event (event_id, lead_id, occurred_at, kind, actor, reason, detail)

values ($event_id, $lead_id, make_timestamp($at), $kind, $actor, $reason, $detail)
