-- Remove from `batch` every row that a later one of the same key replaces. Returns how many.
delete from batch

where rowid in (
    select rowid
    from (
        select
            rowid,
            row_number() over (partition by {key} order by file_number desc, line desc) as newest
        from batch
    )
    where newest > 1
)
