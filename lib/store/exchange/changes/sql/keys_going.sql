-- The marks of recorded changes that are `going`. One row each.
select recorded_change.rowid

from recorded_change

semi join going
    on
        recorded_change.lead_id = going.lead_id
        and recorded_change.field = going.field
        and recorded_change.changed_at = going.changed_at
