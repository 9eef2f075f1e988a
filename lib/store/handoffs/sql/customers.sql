-- Who is a customer as of an instant: won, and nothing lost since, in whatever cycle or none. One row a lead.
select
    lead_id,
    epoch_us(customer_since) as since

from {leads}

where customer_since is not null
