-- What happened to one lead. One row an event.
select
    event_id,
    epoch_us(occurred_at) as at,
    kind,
    actor,
    reason,
    detail ->> 'event_id' as takes_back,
    epoch_us(day_ends_at) as day_ends

from handoff_event

where lead_id = $lead_id
