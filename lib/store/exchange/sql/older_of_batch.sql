-- Remove from `batch` the statements of a fact that its source replaced by a newer one. Returns how many.
delete from batch

where rowid in (
    select rowid
    from (
        select
            rowid,
            stated_at,
            max(stated_at) over (partition by fact, whose, case when not by_id then kind end) as newest
        from batch
        where fact is not null
    )
    where stated_at < newest
)
