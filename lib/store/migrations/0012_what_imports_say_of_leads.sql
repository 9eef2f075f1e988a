-- What imports have said of leads, so that what they say otherwise later is a change, or corrects what always was
-- (docs/decisions/0037-what-was-known-when.md).

-- A way in which the leads of one source are read: `spoken` tells which fields a file speaks of, `how` all of it. One row a
-- source and way.
create table reading (
    reading integer primary key,
    what varchar not null,
    spoken varchar not null,
    how varchar not null,
);

-- One row a field of a reading, `*` for those not named; spoken of by its files, or only by its mapping.
create table reading_field (
    reading integer not null,
    field varchar not null,
    how varchar not null,
    spoken boolean not null,
);

-- What each source has said of a lead: first, and when it last wrote its row, null where it does not say. One row a lead and
-- reading.
create table lead_said (
    lead_id varchar not null,
    reading integer not null,
    first_at timestamp not null,
    first_by varchar not null check (first_by in ('source', 'import')),
    stated_at timestamp,
    run integer not null,
);

create table replaced_lead_said as from lead_said limit 0;

-- Which of the changes no history says: imports of leads recorded them. One row a change, by the key of `lead_change`.
create table recorded_change (
    lead_id varchar not null,
    field varchar not null,
    changed_at timestamp not null,
    run integer not null,
);

create table replaced_recorded_change as from recorded_change limit 0;

-- Earlier versions noted nothing of what an import said of which lead.
alter table import_run add column notes_said boolean default false;
