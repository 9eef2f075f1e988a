-- The distinct things leads do. One row a pair of kind and subject, in one order for one state of the data.
select distinct
    kind,
    subject

from activity

where $lead_id is null or lead_id = $lead_id

order by kind, subject nulls first
