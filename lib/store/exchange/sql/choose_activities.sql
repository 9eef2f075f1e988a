-- Remove from `batch` the rows about one activity that are not the earliest or latest of several, in it or beside what stands.
-- Returns how many.
delete from batch

where
    rowid in (
        select rowid
        from (
            select
                rowid,
                row_number() over (
                    partition by activity_id
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
    or exists (
        from activity as standing
        where
            standing.activity_id = batch.activity_id
            and (
                (batch.of_several = 'earliest' and standing.occurred_at < batch.occurred_at)
                or (batch.of_several = 'latest' and standing.occurred_at > batch.occurred_at)
            )
    )
