-- Give the rows of leads that count the date on which their source first wrote one of `batch`. Returns nothing.
update batch set first_at = ranked.first_at

from ranked

where batch.rowid = ranked.batch_row and ranked.by_date and ranked.place = 1
