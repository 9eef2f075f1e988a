-- The recorded changes of `situation` that do not follow any more from what is known. One row each.
select lead_change.rowid

from lead_change

inner join recorded_change
    on
        lead_change.lead_id = recorded_change.lead_id
        and lead_change.field = recorded_change.field
        and lead_change.changed_at = recorded_change.changed_at

inner join situation
    on lead_change.lead_id = situation.lead_id and lead_change.field = situation.field

where
    not situation.is_correction
    and not exists (
        from recorded_now
        where
            recorded_now.lead_id = lead_change.lead_id
            and recorded_now.field = lead_change.field
            and recorded_now.changed_at = lead_change.changed_at
            and recorded_now.value is not distinct from lead_change.value
            and recorded_now.old_value is not distinct from lead_change.old_value
            and recorded_now.dated_by = lead_change.dated_by
    )
