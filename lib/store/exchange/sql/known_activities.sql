-- Which of these activities are there already. One row an activity.
select activity_id

from activity

where activity_id in (select unnest($ids::varchar[]))
