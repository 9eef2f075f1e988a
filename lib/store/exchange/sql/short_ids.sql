-- The ids of Salesforce that the database has in 15 characters, each with its 18, in a temporary table. One row an id.
create or replace temp table short_id as
select
    id as short,
    long_salesforce_id(id) as long

from (
    select lead_id as id from lead
    union
    select lead_id from merged_lead
    union
    select owner from lead
    union
    select alias from lead_alias
    union
    select rep_id from rep
    union
    select actor from handoff_event
    union
    select queue_id from queue
)

where length(id) = 15 and long_salesforce_id(id) <> id
