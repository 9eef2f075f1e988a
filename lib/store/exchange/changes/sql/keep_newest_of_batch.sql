-- Remove from `batch` the rows of leads that another one counts for, which has the first date of them. Returns how many.
delete from batch
where rowid in (select batch_row from ranked where place > 1)
