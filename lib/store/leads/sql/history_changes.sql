-- When which leads changed: rows of `lead_change` by lead, then instant. One row a change of a field of a known lead.
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
    epoch_us(changed_at) as at_us,
    lead_change.rowid as change

from lead_change

inner join numbered_lead
    on lead_change.lead_id = numbered_lead.lead_id

where $fields::varchar[] is null or list_contains($fields::varchar[], field)

order by
    lead,
    at_us
