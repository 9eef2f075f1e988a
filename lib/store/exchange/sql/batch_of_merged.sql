-- The rows of `batch` about leads that are part of another. One row each.
create or replace temp table batch_of_merged as
select *

from batch

where lead_id in (select lead_id from merged_lead)
