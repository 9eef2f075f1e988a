-- Rows of files that were not loaded, wait for their lead, are said twice, or hold a value of the wrong type. One row a
-- problem.
select
    run,
    case kind
        when 'row' then 'rejected row'
        when 'orphan' then 'orphan'
        when 'value' then 'unknown value'
        when 'twice' then 'said twice'
    end as problem,
    file,
    line,
    table_name,
    reason,
    rows,
    row ->> 'lead_id' as lead_id,
    key,
    try_cast(coalesce(row ->> 'occurred_at', row ->> 'changed_at') as timestamp) as occurred_at

from rejected_row

-- That somebody was erased is nothing to mend.
where not starts_with(reason, 'its person was erased')
