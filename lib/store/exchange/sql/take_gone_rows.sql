-- Take the rows of `batch` that say that something is gone: they are no data. Returns how many.
delete from batch
where gone
