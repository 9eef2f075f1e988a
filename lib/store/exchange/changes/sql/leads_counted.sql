-- How many leads this import corrects and changes values of, how many values follow a newer change, and how many recorded
-- changes give way to a history. One row.
select
    (
        select count(distinct lead_id)
        from settled
        where is_correction and is_changed and value is not distinct from row_value
    ) as corrected,
    (
        select count(distinct lead_id)
        from coming
        where not is_known
    ) as changed,
    (select coalesce(sum(number), 0) from followed) as followed_values,
    (select count(*) from followed) as followed_leads,
    (
        select count(*)
        from going
        where (lead_id, field, changed_at) not in (select (lead_id, field, changed_at) from coming)
    ) as gave_way
