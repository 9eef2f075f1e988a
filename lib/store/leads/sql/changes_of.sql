-- How the fields of one lead came to be what they are, the newest change first. One row a change of a field.
select
    field,
    epoch_us(changed_at) as at_us,
    -- What the change before made of it; only of the first it counts what it says itself.
    case
        when row_number() over of_field = 1 then old_value
        else lag(value) over of_field
    end as before,
    value,
    dated_by = 'import' as by_import

from lead_change

where lead_id = $lead_id

window of_field as (partition by field order by changed_at)

order by changed_at desc, field
