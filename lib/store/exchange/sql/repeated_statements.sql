-- Remove from `batch` every row without an id of its own that says what an earlier one says. Returns how many.
delete from batch

where rowid in (
    select rowid
    from (
        select
            rowid,
            row_number() over (
                partition by
                    coalesce(fact, event_id),
                    kind,
                    lead_id,
                    occurred_at,
                    by_day,
                    actor,
                    reason,
                    amount,
                    retracts
                order by file_number, line, rowid
            ) as ordinal
        from batch
        where not by_id
    )
    where ordinal > 1
)
