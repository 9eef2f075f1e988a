-- Move aside that a lead was gone, where its source has it again. Returns nothing.
create or replace temp table lead_back as
select event.rowid as event_row

from handoff_event as event

inner join lead_gone
    on event.kind = 'withdrawn' and event.fact = lead_gone.fact

where
    not lead_gone.gone
    and event.run <> {run}
    and not coalesce(lead_gone.since < event.stated_at, false);

insert into lead_of_facts
select lead_id

from handoff_event

where rowid in (select event_row from lead_back);

insert into corrected_event by name
select
    event.*,
    {run} as corrected_by,
    'corrected' as why

from handoff_event as event

where event.rowid in (select event_row from lead_back);

delete from handoff_event
where rowid in (select event_row from lead_back);

drop table lead_back
