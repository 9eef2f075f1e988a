-- The rows of `batch`, those that name a lead by an alias as that lead's. One row each, and one a lead of an alias.
create temp table of_leads as
select batch.* replace ({changed})

from batch

left join resolved
    on batch.rowid = resolved.batch_row
