-- The targets of one metric. One row a month.
select
    month,
    target

from goal

where metric = $metric

order by month
