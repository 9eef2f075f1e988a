-- When leads came back from sales: recycled, else rejected for a reason that recycles. One row a cycle that did.
select
    lead_id,
    epoch_us(coalesce(recycled_at, decided_at)) as returned_at

from {cycles}

where recycled_at is not null or (decision = 'rejected' and list_contains($recycling, folded(reason)))
