-- Give the events of `kind_by_rule` that kind: those of earlier imports are moved aside as they were. Returns nothing.
insert into corrected_event by name
select
    event.*,
    {run} as corrected_by,
    'corrected' as why

from handoff_event as event

inner join kind_by_rule
    on event.rowid = kind_by_rule.event_row

where event.run <> {run};

insert into lead_of_facts
select lead_id from kind_by_rule;

update handoff_event
set kind = kind_by_rule.kind, run = {run}

from kind_by_rule

where handoff_event.rowid = kind_by_rule.event_row
