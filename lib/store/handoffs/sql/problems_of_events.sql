-- Events that are a problem as of an instant: for the hand-off they belong to (`problem_of_cycle`), and whatever that is:
-- retractions of nothing, what is later, and amounts that no sum holds. One row an event and problem.
select
    problem,
    lead_id,
    event_id,
    occurred_at,
    kind,
    mql_at,
    said

from problem_of_cycle

union all

select
    'orphan',
    lead_id,
    event_id,
    occurred_at,
    kind,
    null,
    detail ->> 'event_id'

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
