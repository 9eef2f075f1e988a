-- Rows of files that were not loaded, wait for their lead, or hold a value of the wrong type. One row a problem.
select
    run,
    case kind when 'row' then 'rejected row' when 'orphan' then 'orphan' when 'value' then 'unknown value' end as problem,
    file,
    line,
    table_name,
    reason,
    rows,
    row ->> 'lead_id' as lead_id,
    key,
    try_cast(row ->> 'occurred_at' as timestamp) as occurred_at

from rejected_row
