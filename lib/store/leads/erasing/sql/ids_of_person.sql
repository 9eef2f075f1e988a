-- Every id of the person a lead is: the lead's that is kept, first, and those of the leads merged into it. One row an id.
with

kept as (

    select lead_id
    from lead
    where lead_id = $lead_id

    union

    select merged_into
    from merged_lead
    where lead_id = $lead_id

)

select
    lead_id,
    0 as place

from kept

union all

select
    merged_lead.lead_id,
    1 as place

from merged_lead

inner join kept
    on merged_lead.merged_into = kept.lead_id

order by
    place,
    lead_id
