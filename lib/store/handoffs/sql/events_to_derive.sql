-- The events that count as of an instant, with all that cycles are derived from, those of a lead together and in their
-- order; later ones are there too, since places of days rest on them. One row an event.
select
    event.lead_id,
    event_id,
    epoch_us(occurred_at) as at,
    step,
    gone,
    coalesce(epoch_us(day_ends_at), 0) as day_ends,
    kind,
    actor,
    coalesce(kind = 'assigned' and actor in (select queue_id from queue), false) as to_queue,
    reason,
    amount,
    case when amount is not null then upper(nullif(trim(detail ->> 'currency'), '')) end as currency,
    coalesce(kind = 'first_touch' and lower(detail ->> 'contact') = 'true', false) as is_contact,
    case when kind = 'mql' then try_cast(floor(try_cast(detail ->> 'score' as double)) as integer) end as score,
    case when kind = 'mql' then try_cast(detail ->> 'version' as integer) end as definition_version

from event_as_of({events}, $as_of) as event

order by
    event.lead_id,
    occurred_at,
    step,
    actor nulls first,
    reason nulls first,
    amount nulls first,
    event_id
