-- Remove from `batch` the owners by name where the same change is written by id too. Returns how many.
delete from batch

where rowid in (
    select rowid
    from (
        select
            rowid,
            is_id,
            bool_or(is_id) over same_change as has_id,
            bool_or(not is_id) over same_change as has_name
        from (
            select
                rowid,
                fact,
                lead_id,
                coalesce(
                    actor in (select rep_id from rep)
                    or actor in (select owner from lead)
                    or regexp_full_match(actor, '[0-9]+|005[0-9a-zA-Z]{12}([0-9a-zA-Z]{3})?'),
                    false
                ) as is_id
            from batch
            where kind = 'assigned' and actor is not null and not by_id and not starts_with(fact, ': ')
        )
        window same_change as (partition by fact, lead_id)
    )
    where has_id and has_name and not is_id
)
