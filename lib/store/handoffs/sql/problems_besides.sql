-- Events that are a problem whatever cycle they belong to, as of an instant: retractions of nothing, what is later, and
-- amounts that no sum holds. One row an event and problem.
select
    'orphan' as problem,
    lead_id,
    event_id,
    occurred_at,
    kind,
    null::timestamp as mql_at,
    detail ->> 'event_id' as said

from handoff_event as retraction

where
    kind = 'retracted'
    and occurred_at <= $as_of
    and not exists (
        from handoff_event as named
        where
            named.lead_id = retraction.lead_id
            and named.event_id = retraction.detail ->> 'event_id'
            and named.occurred_at <= $as_of
    )

union all

select
    'future',
    lead_id,
    event_id,
    occurred_at,
    kind,
    null,
    null

from handoff_event

where occurred_at > $as_of

union all

select
    'currency',
    lead_id,
    event_id,
    occurred_at,
    kind,
    null,
    upper(trim(detail ->> 'currency'))

from counting_event('handoff_event', $as_of)

where
    kind in ('opportunity', 'won')
    and amount is not null
    and not list_contains($currencies, upper(nullif(trim(detail ->> 'currency'), '')))
