-- The leads created between two edges, of one owner or any. One row a period, channel and source.
with

period as (

    select
        unnest($starts)::timestamp as starts_at,
        unnest($ends)::timestamp as ends_at,
        unnest(range(len($starts))) as period

)

select
    period.period,
    lead.channel,
    lead.source,
    count(*) as leads,
    coalesce(sum(lead.cost), 0)::double as cost

from lead

inner join period
    on lead.created_at >= period.starts_at and lead.created_at < period.ends_at

where lead.created_at <= $as_of and ($owner is null or coalesce(lead.owner, '') = $owner)

group by all

order by all
