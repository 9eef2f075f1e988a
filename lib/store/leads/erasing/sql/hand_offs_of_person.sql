-- How many hand-offs the leads erased have, and how many of them wait for sales. One row.
select
    count(*) as hand_offs,
    count(*) filter (where decided_at is null and closed_at is null) as still_open

from kept_cycle

where lead_id in (select new from erased_lead)
