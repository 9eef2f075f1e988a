-- The activities that an import is about to take away and has not brought or touched itself. One row each, as it is.
select activity.*

from activity

where
    activity_id in (select activity_id from gone_activity)
    and run is distinct from $run
    and activity_id not in (select activity_id from replaced_activity)
