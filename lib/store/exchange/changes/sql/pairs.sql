-- The fields of leads that this import says something of which their changes depend on: what files changed, and what they
-- bring of the past. One row a lead and field, in a temporary table, with what the row holds by now and held before.
create or replace temp table pair as
with

touched as (

    select
        lead_id,
        field
    from field_changed

    union

    select
        lead_id,
        field
    from lead_change
    where run = (select run from this_import)

    union

    select
        lead_id,
        field
    from replaced_lead_change
    where (select is_undoable from this_import)

    union

    select
        lead_id,
        field
    from older_said

    union

    select
        lead_id,
        field
    from lead_change
    semi join stated_late using (lead_id)

)

select
    touched.lead_id,
    touched.field,
    lead_now.run is not distinct from this_import.run as is_new,
    lead_now.run as brought_by,
    field_changed.lead_id is not null as is_changed,
    {value} as value,
    if(field_changed.lead_id is not null, field_changed.was, {value}) as was

from touched

cross join this_import

inner join lead_now
    on touched.lead_id = lead_now.lead_id

left join field_changed
    on touched.lead_id = field_changed.lead_id and touched.field = field_changed.field
