-- Do the kept cycles hold as of an instant: from every event there is, and none of them later? One row.
select
    coalesce(sum(events), 0) = (select count(*) from handoff_event)
    and coalesce(max(latest_at) <= $as_of, true) as kept

from kept_lead
