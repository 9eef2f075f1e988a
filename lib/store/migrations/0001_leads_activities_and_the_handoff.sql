-- Leads, what they did, what became of them, and the definition they are judged by.
-- The six imported tables carry no unique index: the import merges by key in one pass
-- (docs/decisions/0003-keys-without-indexes.md). All instants are UTC.

create table lead (
    lead_id varchar not null,
    created_at timestamp not null,
    first_name varchar,
    last_name varchar,
    title varchar,
    email varchar,
    phone varchar,
    company varchar,
    employees integer,
    industry varchar,
    country varchar,
    channel varchar,
    source varchar,
    landing_page varchar,
    owner varchar,
    cost decimal(18, 4),
    extra json,
);

create table activity (
    activity_id varchar not null,
    lead_id varchar not null,
    occurred_at timestamp not null,
    kind varchar not null,
    subject varchar,
    amount double,
);

create table handoff_event (
    event_id varchar not null,
    lead_id varchar not null,
    occurred_at timestamp not null,
    kind varchar not null,
    actor varchar,
    reason varchar,
    amount decimal(18, 4),
    detail json,
);

create table rep (
    rep_id varchar not null,
    name varchar,
    team varchar,
    calendar varchar,
    capacity_per_day double,
);

create table goal (
    month date not null,
    metric varchar not null,
    target integer not null,
);

create table spend (
    month date not null,
    channel varchar,
    source varchar,
    amount decimal(18, 4) not null,
);

create table definition_version (
    number integer primary key,
    text varchar not null,
    sha256 varchar not null,
    state varchar not null check (state in ('proposed', 'agreed', 'superseded', 'withdrawn')),
    created_at timestamp not null,
    starts_at timestamp,
);

create table draft (
    name varchar primary key,
    text varchar not null,
    updated_at timestamp not null,
);

create table import_run (
    run integer primary key,
    imported_at timestamp not null,
    what varchar not null,
    files json not null,
    tables json not null,
    rejected bigint not null,
    unknown_values bigint not null,
);

-- kind 'row': could not be loaded. 'orphan': waits for its lead, tried again after every import.
-- 'value': loaded, but one value was not of its column's type and is unknown; `rows` such rows.
-- `row` holds the texts read, or an orphan's typed values; `key` is its id.
create table rejected_row (
    run integer not null,
    file varchar not null,
    line bigint not null,
    table_name varchar not null,
    kind varchar not null check (kind in ('row', 'orphan', 'value')),
    reason varchar not null,
    rows bigint not null,
    row json,
    key varchar,
);
