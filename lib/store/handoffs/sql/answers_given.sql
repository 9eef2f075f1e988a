-- What was answered in the Inbox in a span of time and has not been taken back. One row an answer.
select
    event_id,
    lead_id,
    detail ->> 'handoff' as handoff_id,
    epoch_us(occurred_at) as at,
    kind,
    actor,
    reason,
    detail ->> 'then' as fate,
    detail ->> 'note' as note

from counting_event('handoff_event', $as_of)

where
    detail ->> 'handoff' is not null
    and kind in ('accepted', 'rejected', 'sql', 'assigned', 'first_touch')
    and occurred_at >= $start
    and occurred_at < $end

order by occurred_at, event_id
