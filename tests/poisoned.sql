-- Turns what the texts of a database say into attacks, where no command writes them. Returns nothing.
create or replace temp macro attacked(said) as said || ' ' || getvariable('attack');

create or replace temp macro attacked_json(said, name) as
json_merge_patch(coalesce(said, '{}'), json_object(name::varchar, getvariable('attack')));

-- Some ids of leads, the same in every table.
create or replace temp macro attacked_lead(id) as
case when substr(id, 2)::varchar similar to '[0-9]+' and substr(id, 2)::integer % 3 = 0 then attacked(id) else id end;

-- Ids of reps.
create or replace temp macro attacked_rep(id) as case when starts_with(id, 'rep-') then attacked(id) else id end;

update lead
set
    lead_id = attacked_lead(lead_id),
    first_name = attacked(first_name),
    last_name = attacked(last_name),
    title = case when employees % 2 = 0 then title else attacked(title) end,
    email = attacked(email),
    phone = attacked(coalesce(phone, '+34 600')),
    company = attacked(company),
    industry = attacked(industry),
    country = attacked(country),
    channel = case when channel = 'event' then attacked(channel) else channel end,
    source = attacked(source),
    landing_page = attacked(landing_page),
    owner = attacked_rep(owner),
    extra = attacked_json(attacked_json(extra, 'language'), attacked('own'));

update activity
set
    lead_id = attacked_lead(lead_id),
    kind = case when kind = 'page_view' then attacked(kind) else kind end,
    subject = attacked(subject);

update handoff_event
set
    lead_id = attacked_lead(lead_id),
    actor = attacked_rep(actor),
    reason = case when reason = 'no_budget' then attacked(reason) else reason end,
    detail = case
        when kind = 'won' then attacked_json(detail, 'currency')
        when kind = 'first_touch' then attacked_json(detail, 'contact')
        else detail
    end;

update kept_cycle
set
    lead_id = attacked_lead(lead_id),
    owner = attacked_rep(owner),
    first_owner = attacked_rep(first_owner),
    reason = case when reason = 'no_budget' then attacked(reason) else reason end,
    currency = case when won_at is null then currency else upper(getvariable('attack')) end;

update kept_lead
set lead_id = attacked_lead(lead_id);

update lead_change
set
    lead_id = attacked_lead(lead_id),
    old_value = attacked(old_value),
    value = case when field = 'owner' then attacked_rep(value) else attacked(value) end;

insert into lead_change
select
    lead_id,
    attacked('extra.own'),
    getvariable('attack'),
    getvariable('attack'),
    created_at + interval 1 day,
    'source',
    null

from lead

limit 100;

update lead_said
set lead_id = attacked_lead(lead_id);

update recorded_change
set lead_id = attacked_lead(lead_id);

insert into lead_said
select
    lead_id,
    1,
    created_at,
    'import',
    null,
    1

from lead

where contains(lead_id, 'evil')

limit 1;

insert into recorded_change
select
    lead_id,
    field,
    changed_at,
    1

from lead_change

where contains(lead_id, 'evil')

limit 1;

update rep
set
    rep_id = attacked_rep(rep_id),
    name = attacked(name),
    team = attacked(team);

update spend
set
    channel = case when channel = 'event' then attacked(channel) else channel end,
    source = attacked(source);

insert into lead_alias
select
    getvariable('attack'),
    lead_id,
    null

from lead

where contains(lead_id, 'evil')

limit 1;

insert into queue values (getvariable('attack'), null);

update import_run
set
    what = attacked(what),
    files = json_array(getvariable('attack')),
    undone_by = getvariable('attack');

update rejected_row
set
    file = getvariable('attack'),
    reason = attacked(reason),
    row = json_object(attacked('column'), getvariable('attack')),
    key = getvariable('attack'),
    id = getvariable('attack'),
    lead_id = getvariable('attack');

insert into corrected_event by name
select
    *,
    1 as corrected_by,
    'corrected' as why

from handoff_event

where kind = 'assigned' and contains(lead_id, 'evil')

limit 5;

update corrected_event
set
    actor = getvariable('attack'),
    reason = getvariable('attack'),
    detail = json_object('contact', getvariable('attack'));

insert into draft_edit
select
    name,
    0,
    timestamp '2026-11-16 09:00',
    getvariable('attack'),
    getvariable('definition')

from (values (getvariable('draft')), ('Another ' || getvariable('draft'))) as drafts (name);

insert into draft_edit values (
    getvariable('draft'), 1, timestamp '2026-11-16 10:00', getvariable('attack'),
    replace(getvariable('definition'), 'threshold: 52', 'threshold: 48')
);

insert into meeting_note values
(
    1, date '2026-11-23', timestamp '2026-11-23 09:00', getvariable('attack'), 'decision', getvariable('attack'),
    null, null
),
(
    2, date '2026-11-23', timestamp '2026-11-23 09:01', getvariable('attack'), 'action', getvariable('attack'),
    getvariable('attack'), date '2026-11-25'
);

insert into note_mark values (1, 2, timestamp '2026-11-23 09:02', getvariable('attack'), 'open');

insert into merged_lead by name
select
    *,
    (select min(lead_id) from lead) as merged_into

from lead

where lead_id = (select max(lead_id) from lead where contains(lead_id, 'evil'));

delete from lead
where lead_id in (select lead_id from merged_lead);

insert into lead_merge
select
    1,
    merged_into,
    lead_id,
    timestamp '2026-11-23 09:00',
    getvariable('attack')

from merged_lead;

insert into lead_unmerge values (9, timestamp '2026-11-23 09:00', getvariable('attack'));

update lead_merge
set kept = (select min(lead_id) from lead where contains(lead_id, 'evil'));

update merged_lead
set merged_into = (select min(lead_id) from lead where contains(lead_id, 'evil'));

update proof_of_signature
set issuer = getvariable('attack'), subject = getvariable('attack');

insert into bound_email
select getvariable('attack'), getvariable('attack'), getvariable('attack'), getvariable('attack'), timestamp '2026-11-23 09:00';

insert into erasure
select '', timestamp '2026-11-23 09:00', getvariable('attack'), getvariable('attack'), 1, 0, 0, 0, 0, 0, 0, '', true;

insert into audit_entry
select
    max(number) + 1,
    max(noted_at),
    getvariable('attack'),
    getvariable('attack'),
    json_object('attack', getvariable('attack')),
    arg_max(sha256, number),
    ''

from audit_entry;
