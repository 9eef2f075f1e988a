-- Who is a customer as of an instant: won, and nothing lost since, in whatever cycle or none. One row a lead.
with

ending as (

    select
        lead_id,
        occurred_at,
        kind,
        -- At one instant what is lost comes after what is won.
        max(occurred_at) filter (kind = 'lost') over (partition by lead_id) as last_lost_at

    from counting_event('handoff_event', $as_of)

    where kind in ('won', 'lost')

)

select
    lead_id,
    epoch_us(min(occurred_at)) as since

from ending

where kind = 'won' and (last_lost_at is null or occurred_at > last_lost_at)

group by lead_id
