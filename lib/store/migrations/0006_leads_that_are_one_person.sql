-- Two leads that are one person (docs/decisions/0014-one-person-under-two-ids.md): the one kept has the activities and
-- events of both. `merged_from` says under which id such a row came, null for a lead's own.

alter table activity add column merged_from varchar;

alter table handoff_event add column merged_from varchar;

alter table replaced_activity add column merged_from varchar;

-- The leads that are now part of another, as their own rows: imports go on changing them here. One row a lead merged.
create table merged_lead as
select
    lead.*,
    lead_id as merged_into

from lead

limit 0;

create table replaced_merged_lead as from merged_lead limit 0;

-- One row a merge, by a person.
create table lead_merge (
    merge integer primary key,
    kept varchar not null,
    gone varchar not null,
    merged_at timestamp not null,
    who varchar not null,
);

-- One row a merge taken back.
create table lead_unmerge (
    merge integer primary key,
    unmerged_at timestamp not null,
    who varchar not null,
);
