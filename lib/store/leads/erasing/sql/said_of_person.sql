-- What leads of some ids were ever called, by a field that names somebody. One row a field and value.
select
    field,
    value

from (
    unpivot (
        select
            first_name,
            last_name,
            email,
            phone
        from (
            from lead
            union all by name
            from merged_lead
            union all by name
            from replaced_lead
            union all by name
            from replaced_merged_lead
        )
        where list_contains($ids, lead_id)
    )
    on first_name, last_name, email, phone
    into name field value value
)

union

select
    field,
    unnest([old_value, value]) as value

from (
    from lead_change
    union all by name
    from replaced_lead_change
)

where list_contains($ids, lead_id) and field in ('first_name', 'last_name', 'email', 'phone')
