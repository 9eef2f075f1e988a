-- What both sides agreed and how it came about: tables that are only ever added to (docs/decisions/0008-agreement-and-audit.md).

-- Every change of shared state. `detail` is JSON, written one way only, since `sha256` is of it too. One row a change.
create table audit_entry (
    number integer primary key,
    noted_at timestamp not null,
    who varchar not null,
    what varchar not null,
    detail varchar not null,
    before varchar not null,
    sha256 varchar not null,
);

-- A version as it was put to both sides. `side` is null for what the configuration brought along: nobody had to sign it.
-- `starts_at` is null for "as soon as both have signed". `prediction` is JSON. One row a version.
create table proposal (
    number integer primary key,
    text varchar not null,
    sha256 varchar not null check (sha256 = sha256(text)),
    proposed_at timestamp not null,
    proposed_by varchar not null,
    side varchar check (side in ('sales', 'marketing')),
    reason varchar not null,
    starts_at timestamp,
    prediction varchar,
    unique (number, sha256),
);

insert into proposal
select
    number,
    text,
    sha256(text),
    created_at,
    'configuration',
    null,
    'The definition the configuration brought along.',
    starts_at,
    null

from definition_version

where state in ('agreed', 'superseded');

drop table definition_version;

-- A signature is under one text, by one side, and nobody's name stands under a version twice. One row a side and version.
create table signature (
    number integer not null,
    sha256 varchar not null,
    side varchar not null check (side in ('sales', 'marketing')),
    who varchar not null,
    signed_at timestamp not null,
    primary key (number, side),
    unique (number, who),
    foreign key (number, sha256) references proposal (number, sha256),
);

-- One row a version taken back before both had signed it.
create table withdrawal (
    number integer primary key,
    withdrawn_at timestamp not null,
    who varchar not null,
    reason varchar not null,
    foreign key (number) references proposal (number),
);

-- Where every version stands as of an instant. One row a version.
create macro version_as_of(as_of) as table
with

agreed as (

    select
        number,
        max(signed_at) as agreed_at

    from signature

    where signed_at <= as_of

    group by number

    having count(*) = 2

),

-- Whichever came first stands: a withdrawal, or the second signature.
settled as (

    select
        proposal.*,
        case when withdrawn_at >= agreed_at then null else withdrawal.withdrawn_at end as withdrawn_at,
        case when withdrawn_at < agreed_at then null else agreed.agreed_at end as agreed_at,
        withdrawal.who as withdrawn_by,
        withdrawal.reason as withdrawn_because

    from proposal

    left join agreed
        on proposal.number = agreed.number

    left join withdrawal
        on proposal.number = withdrawal.number and withdrawal.withdrawn_at <= as_of

    where proposed_at <= as_of or side is null

),

starting as (

    select
        *,
        -- From the instant stated, but never before both have signed.
        case
            when side is null then starts_at
            when agreed_at is not null then greatest(starts_at, agreed_at)
        end as in_force_from

    from settled

)

select
    *,
    case
        when withdrawn_at is not null then 'withdrawn'
        when in_force_from is null then 'proposed'
        when in_force_from <= as_of
            and (in_force_from, number) < max((in_force_from, number)) filter (in_force_from <= as_of) over ()
            then 'superseded'
        else 'agreed'
    end as state

from starting;

-- Every edit of every draft; `text` is null where it was deleted, `revision` 0 what was there before the audit began.
-- One row a revision.
create table draft_edit (
    name varchar not null,
    revision integer not null,
    edited_at timestamp not null,
    who varchar not null,
    text varchar,
    primary key (name, revision),
);

insert into draft_edit
select
    name,
    0,
    updated_at,
    'somebody',
    text

from draft;

drop table draft;

-- The drafts as they are now. One row a draft.
create view draft as
select
    name,
    text,
    edited_at as updated_at,
    revision,
    who

from draft_edit

qualify row_number() over (partition by name order by revision desc) = 1 and text is not null;

-- Where the guards of these tables (sql/guards.sql) send what they refuse; always empty.
create table refused_change (
    reason varchar,
);
