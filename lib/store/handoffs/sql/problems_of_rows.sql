-- Rows of files that were not loaded, lie ahead of the clock, wait for their lead, are said twice, or hold a value of
-- the wrong type. One row a problem.
select
    run,
    case
        when kind = 'row' and ends_with(reason, 'lies ahead of the clock') then 'future'
        when kind = 'row' then 'rejected row'
        when kind = 'orphan' then 'orphan'
        when kind = 'value' then 'unknown value'
        when kind = 'twice' then 'said twice'
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
