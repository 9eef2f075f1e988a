-- What files of this import changed in leads that were there before. One row a lead and field, in a temporary table.
create or replace temp table field_changed as
select
    lead_before.lead_id,
    unnest(
        list_filter(
            [{columns}]::struct(field varchar, was varchar, becomes varchar)[],
            lambda one: one.was is distinct from one.becomes
        ),
        recursive := true
    )

from lead_before

inner join lead_now using (lead_id)

union all

select
    lead_id,
    'extra.' || name,
    extra_value(was, name),
    extra_value(becomes, name)

from (
    select
        lead_before.lead_id,
        lead_before.extra as was,
        lead_now.extra as becomes,
        unnest(
            list_distinct(
                list_concat(coalesce(json_keys(lead_before.extra), []), coalesce(json_keys(lead_now.extra), []))
            )
        ) as name
    from lead_before
    inner join lead_now using (lead_id)
    where lead_before.extra is distinct from lead_now.extra
)

where extra_value(was, name) is distinct from extra_value(becomes, name)
