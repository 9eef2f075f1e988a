-- The changes that follow from `point`, in a temporary table: what is known to have been otherwise than before. One row a change.
create or replace temp table recorded_now as
select
    lead_id,
    field,
    old_value,
    value,
    said_at as changed_at,
    said_by as dated_by

from (
    select
        point.*,
        row_number() over in_order = 1 as is_first,
        if(
            row_number() over in_order = 1,
            situation.history_value,
            lag(point.value) over in_order
        ) as old_value,
        situation.history_at is not null as has_history
    from point
    inner join situation
        on point.lead_id = situation.lead_id and point.field = situation.field
    window in_order as (partition by point.lead_id, point.field order by point.said_at)
)

where (has_history or not is_first) and value is distinct from old_value
