-- Some custom columns: texts as they are, anything else as its JSON. One row a lead, in the order of their ids.
select json_extract_string(coalesce(extra, '{}'), $pointers::varchar[]) as texts

from lead

where $lead_id is null or lead_id = $lead_id

order by lead_id
