-- The leads that rows of `batch` name by an alias. One row a row and lead, and of several leads only the first.
create or replace temp table resolved as
select
    batch.rowid as batch_row,
    lead.lead_id,
    lead.created_at

from batch

inner join lead_alias
    on batch.lead_id = lead_alias.alias

inner join (
    select
        lead_id,
        created_at,
        lead_id as person
    from lead

    union all

    select
        lead_id,
        created_at,
        merged_into
    from merged_lead
) as lead
    on lead_alias.lead_id = lead.lead_id

where
    batch.lead_id not in (select lead_id from lead)
    and batch.lead_id not in (select lead_id from merged_lead)

qualify row_number() over ({once}) = 1
