-- What each of `situation` is by now, in a temporary table: what its last change says, or what was said since. One row a lead
-- and field.
create or replace temp table settled as
with

last_point as (

    select
        lead_id,
        field,
        arg_max_null(value, said_at) as value

    from point

    group by
        lead_id,
        field

)

select
    situation.lead_id,
    situation.field,
    situation.is_correction,
    situation.is_changed,
    situation.is_current,
    situation.changed_at,
    situation.changed_to,
    situation.value as row_value,
    case
        when situation.is_correction and situation.is_older then situation.was
        when situation.is_correction and (situation.is_current or situation.changed_at is null) then situation.value
        when situation.is_correction then situation.changed_to
        when last_point.lead_id is not null then last_point.value
        when situation.history_at is not null then situation.history_value
        else situation.value
    end as value

from situation

left join last_point
    on situation.lead_id = last_point.lead_id and situation.field = last_point.field
