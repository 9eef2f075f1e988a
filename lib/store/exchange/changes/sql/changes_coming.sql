-- The changes that are to be recorded. One row each.
select
    lead_id,
    field,
    old_value,
    value,
    changed_at,
    dated_by,
    $run

from coming
