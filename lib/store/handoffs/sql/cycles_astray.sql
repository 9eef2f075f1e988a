-- The leads whose kept cycles are not those in `cycle_of_events`; of who has none kept, none are. One row a lead.
select distinct lead_id

from (
    (select * from kept_cycle except all select * from cycle_of_events)
    union all
    (
        select * from cycle_of_events where lead_id in (select lead_id from kept_lead)
        except all
        select * from kept_cycle
    )
) as different

order by lead_id
