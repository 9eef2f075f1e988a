-- The recorded changes that `batch`, of a history, says. One row each.
select recorded_change.rowid

from recorded_change

semi join batch
    on
        recorded_change.lead_id = batch.lead_id
        and recorded_change.field = batch.field
        and recorded_change.changed_at = batch.changed_at
