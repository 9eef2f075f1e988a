-- The leads of which fields are what their last change says, which is newer than the row, with these values; in a temporary
-- table, one row a lead.
create or replace temp table followed as
select
    lead_id,
    map_from_entries(list((field, value))) as fields,
    map_from_entries(list((substr(field, 7), value)) filter (starts_with(field, 'extra.'))) as extra,
    count(*) as number

from settled

where value is distinct from row_value

group by lead_id
