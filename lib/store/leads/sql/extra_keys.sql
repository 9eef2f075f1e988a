-- The names of the leads' custom columns. One row a name.
select distinct unnest(json_keys(extra)) as key

from lead

where extra is not null and ($lead_id is null or lead_id = $lead_id)

order by key
