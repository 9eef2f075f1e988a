-- How many rows an import left out since their people were erased. One row.
select coalesce(sum(rows), 0) as rows

from rejected_row

where run = $run and reason = $reason
