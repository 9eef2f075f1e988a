-- Changes of fields that are odd as of an instant; those of leads that are part of another say nothing. One row a change
-- and problem.
with

in_order as (

    select
        lead_change.lead_id,
        lead_change.field,
        lead_change.old_value,
        lead_change.value,
        lead_change.changed_at,
        lead.created_at,
        recorded_change.lead_id is not null as is_recorded,
        lag(lead_change.value) over same_field as before,
        row_number() over same_field as ordinal

    from lead_change

    inner join lead
        on lead_change.lead_id = lead.lead_id

    left join recorded_change
        on
            lead_change.lead_id = recorded_change.lead_id
            and lead_change.field = recorded_change.field
            and lead_change.changed_at = recorded_change.changed_at

    window same_field as (partition by lead_change.lead_id, lead_change.field order by lead_change.changed_at)

),

odd as (

    select
        *,
        unnest(list_filter(
            [
                case when changed_at > $as_of then 'future' end,
                case when changed_at < created_at then 'early change' end,
                case when value is not distinct from if(ordinal = 1, old_value, before) then 'same value' end,
                case when ordinal > 1 and old_value <> coalesce(before, '') then 'contradicted value' end,
                -- What an import recorded it knew to be blank before.
                case
                    when ordinal = 1 and old_value is null and changed_at > created_at and not is_recorded
                        then 'late history'
                end
            ],
            lambda problem: problem is not null
        )) as problem

    from in_order

)

select
    problem,
    lead_id,
    changed_at,
    field,
    value,
    old_value,
    before

from odd
