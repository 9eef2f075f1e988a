-- The rows of `batch`, those about a lead that is part of another as that other one's. One row each.
create temp table of_kept as
select
    batch.* replace (coalesce(merged_lead.merged_into, batch.lead_id) as lead_id),
    merged_lead.lead_id as merged_from

from batch

left join merged_lead
    on batch.lead_id = merged_lead.lead_id
