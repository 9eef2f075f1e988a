-- What the older rows of leads in `batch` say of fields that the newest says otherwise of, and what the oldest says of all.
-- One row a row and field.
with

said as (

    select
        ranked.lead_id,
        ranked.place,
        batch.stated_at,
        unnest(
            list_concat(
                [{fields}]::struct(field varchar, value varchar)[],
                list_transform(
                    coalesce(json_keys({extra}), []),
                    lambda name: {field: 'extra.' || name, value: extra_value({extra}, name)}
                )
            ),
            recursive := true
        )

    from ranked

    inner join batch
        on ranked.batch_row = batch.rowid

    where ranked.by_date

),

compared as (

    select
        *,
        value is distinct from first_value(value) over (partition by lead_id, field order by place) as differs,
        place = max(place) over (partition by lead_id) as is_oldest

    from said

)

select
    lead_id,
    field,
    value,
    stated_at

from compared

qualify place > 1 and (is_oldest or bool_or(differs) over (partition by lead_id, field))
