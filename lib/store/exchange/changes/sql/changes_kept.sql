-- Changes of fields by their row, as they were before this import. One row each.
select lead_change.*

from lead_change

where
    rowid in ({rows})
    and run is distinct from (select run from this_import)
    and not exists (
        from replaced_lead_change as earlier
        where
            earlier.lead_id = lead_change.lead_id
            and earlier.field = lead_change.field
            and earlier.changed_at = lead_change.changed_at
    )
