-- The changes of `batch` of which a later row of their file gives the field another value at the same instant, as rejected
-- rows of their own kind. One row each.
select
    $run,
    file,
    batch.line,
    $table,
    'twice',
    '''' || field || ''' of lead ''' || lead_id || ''' is said twice for one instant, and the other value counts',
    1,
    {row},
    null,
    concat_ws(chr(31), lead_id, field, changed_at::varchar),
    lead_id

from (
    select
        *,
        last_value(value) over same_change as last_said
    from batch
    window same_change as (
        partition by file_number, lead_id, field, changed_at
        order by line
        rows between unbounded preceding and unbounded following
    )
) as batch

inner join file_name using (file_number)

where value is distinct from last_said
