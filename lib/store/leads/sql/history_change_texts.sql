-- What changes were about: sorted with their texts they would take three times as long. One row a change, in no order.
select
    rowid as change,
    field,
    old_value,
    value

from lead_change

where
    ($lead_id is null or lead_id = $lead_id)
    and ($fields::varchar[] is null or list_contains($fields::varchar[], field))
