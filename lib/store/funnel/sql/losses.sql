-- What was lost as of an instant, and why. One row an event.
select
    lead_id,
    epoch_us(occurred_at) as at,
    nullif(trim(reason), '') as reason

from counting_event('handoff_event', $as_of)

where kind = 'lost'

order by all
