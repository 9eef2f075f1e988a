-- What one import did not take as it was given of some files, and why. One row a row of a file, or a value of several rows.
select
    table_name,
    line,
    kind,
    reason

from rejected_row

where run = $run and file in (select unnest($files::varchar[]))

order by
    table_name,
    line
