-- The leads that files of this import changed, as they were before it (`lead_before`), and all leads by now, those that are part
-- of another among them (`lead_now`). One row a lead.
create or replace temp table lead_before as
select *

from replaced_lead

semi join lead_told using (lead_id)

where (select is_undoable from this_import)

union all by name

select * exclude (merged_into)

from replaced_merged_lead

semi join lead_told using (lead_id)

anti join replaced_lead using (lead_id)

where (select is_undoable from this_import);

create or replace temp view lead_now as
select *

from lead

union all by name

select * exclude (merged_into)

from merged_lead
