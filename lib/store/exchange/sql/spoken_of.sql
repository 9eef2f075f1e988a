-- The columns that `batch` speaks of, of those of its leads that wait since earlier imports. Returns nothing.
insert into spoken_of
select distinct
    batch.lead_id,
    $filled::varchar[]

from batch

semi join rejected_row
    on batch.lead_id = rejected_row.key and rejected_row.kind = 'orphan' and rejected_row.table_name = 'lead'
