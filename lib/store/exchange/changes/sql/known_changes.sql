-- Remove from `batch` the changes that are there already. Returns how many.
delete from batch

where exists (
    from lead_change as known
    where
        known.lead_id = batch.lead_id
        and known.field = batch.field
        and known.changed_at = batch.changed_at
)
