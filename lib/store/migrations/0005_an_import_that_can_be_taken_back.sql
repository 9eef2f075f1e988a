-- Which import brought each row, and what the last import replaced, so that it can be taken back
-- (docs/decisions/0012-an-import-taken-back.md). A row that `run` is null of came by no import.

alter table lead add column run integer;

alter table lead_alias add column run integer;

alter table rep add column run integer;

alter table goal add column run integer;

alter table spend add column run integer;

alter table activity add column run integer;

alter table handoff_event add column run integer;

alter table import_run add column undoable boolean default false;

alter table import_run add column undone_at timestamp;

alter table import_run add column undone_by varchar;

-- The rows as they were before the last import changed them. One row a changed row.
create table replaced_lead as from lead limit 0;

create table replaced_rep as from rep limit 0;

create table replaced_goal as from goal limit 0;

create table replaced_spend as from spend limit 0;

create table replaced_activity as from activity limit 0;

-- What earlier imports had rejected or left waiting, and the last one cleared up. One row a cleared row.
create table replaced_rejected_row as from rejected_row limit 0;
