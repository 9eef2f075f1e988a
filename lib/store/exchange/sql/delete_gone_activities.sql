-- Delete the activities that are gone at their source. Returns how many.
delete from activity
where activity_id in (select activity_id from gone_activity)
