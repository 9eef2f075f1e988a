-- Move aside the events that their source says otherwise of now, and note when it last wrote what stands. Returns nothing.
create or replace temp table corrected_now as
select
    met.event_row,
    any_value(batch.fact) as fact,
    any_value(batch.whose) as whose,
    any_value(case when not batch.by_id then batch.kind end) as kind

from event_met as met

inner join event_fate
    on met.batch_row = event_fate.batch_row

inner join batch
    on met.batch_row = batch.rowid

where met.of_fact and met.run is not null and met.run <> {run}

group by met.event_row

having
    not bool_or(met.says_the_same)
    and bool_or(event_fate.fate in ('same', 'added'))
    and any_value(met.event_id) not in (select event_id from said_in_this_import);

insert into said_in_this_import
select distinct met.event_id

from event_met as met

inner join event_fate
    on met.batch_row = event_fate.batch_row and event_fate.fate = 'same'

where met.says_the_same;

create or replace temp table restated as
select
    met.event_row,
    max(batch.stated_at) as stated_at

from event_met as met

inner join batch
    on met.batch_row = batch.rowid

where met.says_the_same and met.of_fact and batch.stated_at > coalesce(met.stated_at, timestamp '-infinity')

group by met.event_row;

insert into corrected_event by name
select
    event.*,
    {run} as corrected_by,
    'restated' as why

from handoff_event as event

inner join restated
    on event.rowid = restated.event_row;

update handoff_event set stated_at = restated.stated_at

from restated

where handoff_event.rowid = restated.event_row;

drop table restated;

insert into corrected_event by name
select
    event.*,
    {run} as corrected_by,
    'corrected' as why

from handoff_event as event

inner join corrected_now
    on event.rowid = corrected_now.event_row;

insert into lead_of_facts
select event.lead_id

from handoff_event as event

inner join corrected_now
    on event.rowid = corrected_now.event_row;

delete from handoff_event
where rowid in (select event_row from corrected_now)
