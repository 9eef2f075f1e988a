-- The leads whose kept cycles are not those of their events. One row a lead.
select distinct lead_id

from (
    (from kept_cycle except all from cycle_as_of('handoff_event', timestamp 'infinity'))
    union all
    (from cycle_as_of('handoff_event', timestamp 'infinity') except all from kept_cycle)
) as different

order by lead_id
