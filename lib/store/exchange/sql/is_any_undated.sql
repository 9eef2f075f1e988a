-- Whether a lead waits for an event to date it. One row where one does.
select 1

from rejected_row

where kind = 'orphan' and table_name = 'lead' and starts_with(reason, $reason)

limit 1
