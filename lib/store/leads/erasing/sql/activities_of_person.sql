-- New ids of the activities of leads that are erased, in the order of the old ones, in a temporary table. One row an activity.
create or replace temp table erased_activity as
select
    activity_id as old,
    $prefix || lpad((row_number() over (order by activity_id))::varchar, 9, '0') as new

from (
    select activity_id
    from activity
    where lead_id in (select old from erased_lead)

    union

    select activity_id
    from replaced_activity
    where lead_id in (select old from erased_lead)
)
