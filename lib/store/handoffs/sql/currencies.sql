-- How many amounts of deals are in each currency as of an instant. One row a currency.
select
    upper(nullif(trim(detail ->> 'currency'), '')) as currency,
    count(*) as amounts

from counting_event('handoff_event', $as_of)

where kind in ('opportunity', 'won') and amount is not null and occurred_at <= $as_of

group by all

having currency is not null
