-- The last changes of fields that are read otherwise now. One row each.
select lead_change.rowid

from lead_change

inner join settled
    on
        lead_change.lead_id = settled.lead_id
        and lead_change.field = settled.field
        and lead_change.changed_at = settled.changed_at

where settled.is_correction and settled.is_current and settled.value is distinct from lead_change.value
