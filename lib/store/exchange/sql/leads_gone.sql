-- The last that this import says of each lead that may be gone at its source, in a temporary table. One row a lead.
create or replace temp table lead_gone as
select
    lead_id,
    fact,
    gone,
    since

from lead_mark

inner join lead using (lead_id)

qualify row_number() over (partition by lead_id order by since desc nulls last, lead_mark.rowid desc) = 1
