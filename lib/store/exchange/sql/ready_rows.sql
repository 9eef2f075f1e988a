-- The rejected rows whose lead, or an alias they named, is known by now, in a temporary table. One row each.
create or replace temp table ready as
select
    rowid as waiting_row,
    run,
    file,
    line,
    table_name,
    key,
    row

from rejected_row

where
    kind = 'orphan'
    and (
        row ->> 'lead_id' in (select lead_id from lead)
        or row ->> 'lead_id' in (select lead_id from merged_lead)
        or row ->> 'lead_id' in (select alias from lead_alias inner join lead using (lead_id))
        or row ->> 'lead_id' in (select alias from lead_alias inner join merged_lead using (lead_id))
    )
