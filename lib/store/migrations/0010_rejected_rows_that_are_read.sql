-- By what a rejected row is known again when a later import reads it: its own id, where it has one, and its lead's. Of a
-- value that was left unknown, those of the first row that had it.
alter table rejected_row add column id varchar;

alter table rejected_row add column lead_id varchar;

alter table replaced_rejected_row add column id varchar;

alter table replaced_rejected_row add column lead_id varchar;
