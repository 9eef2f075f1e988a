-- What the events written in the Inbox hash to now. One row an event.
select
    event_id,
    sha256(
        to_json(
            [event_id, lead_id, epoch_us(occurred_at)::varchar, kind, actor, reason, detail::varchar]
        )::varchar
    ) as sha256

from handoff_event

where starts_with(event_id, $prefix)
