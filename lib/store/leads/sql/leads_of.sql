-- Who some leads are. One row a lead.
select
    lead_id,
    trim(concat_ws(' ', first_name, last_name)) as name,
    company,
    title,
    email

from lead

where lead_id in (select unnest($lead_ids))
