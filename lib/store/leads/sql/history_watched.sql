-- Since when imports that note changes have known what a lead is, null where none has. One row a lead, in the order of their
-- ids.
with

said as (

    select
        lead_id,
        min(first_at) as first_at

    from lead_said

    where $lead_id is null or lead_id = $lead_id

    group by lead_id

)

select epoch_us(first_at) as since_us

from lead

left join said
    on lead.lead_id = said.lead_id

where $lead_id is null or lead.lead_id = $lead_id

order by lead.lead_id
