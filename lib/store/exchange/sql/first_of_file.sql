-- Why an import rejected the first row of a file. One row.
select
    line,
    reason

from rejected_row

where run = $run and file = $file and kind = 'row'

order by line

limit 1
