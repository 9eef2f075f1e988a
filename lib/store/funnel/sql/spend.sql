-- What was spent. One row a month, channel and source.
select
    month,
    channel,
    source,
    amount::double as amount

from spend

order by all
