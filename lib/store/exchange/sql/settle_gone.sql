-- Remove from `batch` what it says otherwise later on: rows of a thing that is gone by a later row, and rows that say it is
-- gone where a later one has it. Returns how many.
delete from batch

where rowid in (
    select row_number_of
    from (
        select
            *,
            max(place) filter (where gone) over same_thing as last_gone,
            max(place) filter (where not gone) over same_thing as last_there
        from (
            select
                rowid as row_number_of,
                gone,
                {thing} as thing,
                (coalesce({stated_at}, timestamp '-infinity'), file_number, line) as place
            from batch
        )
        window same_thing as (partition by thing)
    )
    where (not gone and place < last_gone) or (gone and place < last_there)
)
