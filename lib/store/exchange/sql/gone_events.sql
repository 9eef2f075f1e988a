-- Move aside the events that are gone at their source, by which row of `gone_fact` in `gone_now`. Returns nothing.
create or replace temp table gone_now as
select
    gone.rowid as gone_row,
    event.rowid as event_row

from gone_fact as gone

inner join handoff_event as event
    on gone.fact = event.fact

where
    (gone.whose = '' or gone.whose = event.lead_id)
    and event.run is not null
    and not coalesce(gone.stated_at < event.stated_at, false);

insert into corrected_event by name
select
    event.*,
    {run} as corrected_by,
    'deleted' as why

from handoff_event as event

where event.rowid in (select event_row from gone_now);

insert into lead_of_facts
select event.lead_id

from handoff_event as event

where event.rowid in (select event_row from gone_now);

delete from handoff_event
where rowid in (select event_row from gone_now);

