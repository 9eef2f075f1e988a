-- Give the last changes of fields that are read otherwise now the value that is read. Returns nothing.
update lead_change set value = settled.value

from settled

where
    settled.is_correction
    and settled.is_current
    and lead_change.lead_id = settled.lead_id
    and lead_change.field = settled.field
    and lead_change.changed_at = settled.changed_at
    and settled.value is distinct from lead_change.value
