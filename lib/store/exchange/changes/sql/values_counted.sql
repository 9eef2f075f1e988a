-- How many values of leads this import corrects and changes, by field. One row a field and what becomes of it.
select
    'corrects' as what,
    field,
    count(*) as number

from settled

where is_correction and is_changed and value is not distinct from row_value

group by field

union all

select
    'changes',
    field,
    count(distinct lead_id)

from coming

where not is_known

group by field
