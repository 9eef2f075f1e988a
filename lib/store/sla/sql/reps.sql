-- Who answers hand-offs. One row a rep.
select
    rep_id,
    name,
    team,
    calendar,
    capacity_per_day

from rep

order by rep_id
