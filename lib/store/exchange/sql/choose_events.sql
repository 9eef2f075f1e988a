-- Remove from `batch` the rows about one event that are not the earliest or latest of several, in it or beside what stands.
-- Returns how many.
delete from batch

where
    rowid in (
        select rowid
        from (
            select
                rowid,
                row_number() over (
                    partition by
                        fact,
                        -- An id of its own is one thing, whatever the lead and kind.
                        case when ends_with(fact, ': ' || event_id) then '' else lead_id end,
                        case when ends_with(fact, ': ' || event_id) then '' else kind end
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
        from handoff_event as standing
        where
            standing.fact = batch.fact
            and (
                standing.event_id = batch.event_id
                or (standing.lead_id = batch.lead_id and standing.kind = batch.kind)
            )
            and (
                (batch.of_several = 'earliest' and standing.occurred_at < batch.occurred_at)
                or (batch.of_several = 'latest' and standing.occurred_at > batch.occurred_at)
            )
    )
