-- What is known of when the fields of leads changed, in no order. One row a change of a field of a known lead.
with

numbered_lead as (

    select
        lead_id,
        row_number() over (order by lead_id) - 1 as lead

    from lead

    where $lead_id is null or lead_id = $lead_id

)

select
    numbered_lead.lead,
    field,
    epoch_us(changed_at) as at_us,
    old_value,
    value

from lead_change

inner join numbered_lead
    on lead_change.lead_id = numbered_lead.lead_id

where $fields::varchar[] is null or list_contains($fields::varchar[], field)
