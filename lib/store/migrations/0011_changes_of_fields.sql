-- What the fields of leads were before, and since when they are what they are
-- (docs/decisions/0037-what-was-known-when.md).

-- One row a change of one field of one lead. `field` is a column of `lead` other than lead_id and created_at, or
-- `extra.<name>`; values are as that column is cast to text, null where unknown. `old_value` counts for the first change of
-- a field alone. The changes of a lead that is part of another are under its own id, as its row is.
create table lead_change (
    lead_id varchar not null,
    field varchar not null,
    old_value varchar,
    value varchar,
    changed_at timestamp not null,
    dated_by varchar not null check (dated_by in ('source', 'import')),
    run integer,
);

-- The changes as they were before the last import changed them. One row a changed row.
create table replaced_lead_change as from lead_change limit 0;

-- kind 'twice': two rows of one file say otherwise of one thing, and this one is not the one that counts.
create table rejected_row_of_four_kinds (
    run integer not null,
    file varchar not null,
    line bigint not null,
    table_name varchar not null,
    kind varchar not null check (kind in ('row', 'orphan', 'value', 'twice')),
    reason varchar not null,
    rows bigint not null,
    row json,
    key varchar,
    id varchar,
    lead_id varchar,
);

insert into rejected_row_of_four_kinds by name from rejected_row;

drop table rejected_row;

alter table rejected_row_of_four_kinds rename to rejected_row;
