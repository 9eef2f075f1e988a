-- What is to be recorded and is not yet, and whether the same was, but for what came before it (`is_known`); in a temporary
-- table, one row a change.
create or replace temp table coming as
select
    recorded_now.*,
    going.lead_id is not null as is_known

from recorded_now

left join going
    on
        recorded_now.lead_id = going.lead_id
        and recorded_now.field = going.field
        and recorded_now.changed_at = going.changed_at
        and recorded_now.value is not distinct from going.value

where
    not exists (
        from lead_change
        where
            lead_change.lead_id = recorded_now.lead_id
            and lead_change.field = recorded_now.field
            and lead_change.changed_at = recorded_now.changed_at
            and (going.lead_id is null or lead_change.rowid <> going.change_row)
    )
