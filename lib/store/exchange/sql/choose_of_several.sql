-- Remove from `batch` the rows that are not the earliest or latest of several about one thing, in it or beside what stands in a
-- table; what says that something is gone stays. Returns how many.
delete from batch

where
    rowid in (
        select rowid
        from (
            select
                rowid,
                row_number() over (
                    partition by {thing}
                    order by
                        case of_several when 'latest' then -epoch_us(occurred_at) else epoch_us(occurred_at) end,
                        file_number,
                        line
                ) as place
            from batch
            where of_several is not null and not gone
        )
        where place > 1
    )
    or (
        not gone
        and exists (
            from {table} as standing
            where
                {same_thing}
                and (
                    (batch.of_several = 'earliest' and standing.occurred_at < batch.occurred_at)
                    or (batch.of_several = 'latest' and standing.occurred_at > batch.occurred_at)
                )
        )
    )
