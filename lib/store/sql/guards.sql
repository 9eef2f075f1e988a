-- What is only ever added to refuses every other change; a copied database has lost its triggers. Returns nothing.
create trigger if not exists audit_entry_refuses_update before update on audit_entry
for each statement
insert into refused_change
select error('audit_entry is only ever added to');

create trigger if not exists audit_entry_refuses_delete before delete on audit_entry
for each statement
insert into refused_change
select error('audit_entry is only ever added to');

create trigger if not exists proposal_refuses_update before update on proposal
for each statement
insert into refused_change
select error('proposal is only ever added to');

create trigger if not exists proposal_refuses_delete before delete on proposal
for each statement
insert into refused_change
select error('proposal is only ever added to');

create trigger if not exists signature_refuses_update before update on signature
for each statement
insert into refused_change
select error('signature is only ever added to');

create trigger if not exists signature_refuses_delete before delete on signature
for each statement
insert into refused_change
select error('signature is only ever added to');

create trigger if not exists withdrawal_refuses_update before update on withdrawal
for each statement
insert into refused_change
select error('withdrawal is only ever added to');

create trigger if not exists withdrawal_refuses_delete before delete on withdrawal
for each statement
insert into refused_change
select error('withdrawal is only ever added to');

create trigger if not exists draft_edit_refuses_update before update on draft_edit
for each statement
insert into refused_change
select error('draft_edit is only ever added to');

create trigger if not exists draft_edit_refuses_delete before delete on draft_edit
for each statement
insert into refused_change
select error('draft_edit is only ever added to');

create trigger if not exists lead_merge_refuses_update before update on lead_merge
for each statement
insert into refused_change
select error('lead_merge is only ever added to');

create trigger if not exists lead_merge_refuses_delete before delete on lead_merge
for each statement
insert into refused_change
select error('lead_merge is only ever added to');

create trigger if not exists lead_unmerge_refuses_update before update on lead_unmerge
for each statement
insert into refused_change
select error('lead_unmerge is only ever added to');

create trigger if not exists lead_unmerge_refuses_delete before delete on lead_unmerge
for each statement
insert into refused_change
select error('lead_unmerge is only ever added to');

create trigger if not exists meeting_note_refuses_update before update on meeting_note
for each statement
insert into refused_change
select error('meeting_note is only ever added to');

create trigger if not exists meeting_note_refuses_delete before delete on meeting_note
for each statement
insert into refused_change
select error('meeting_note is only ever added to');

create trigger if not exists note_mark_refuses_update before update on note_mark
for each statement
insert into refused_change
select error('note_mark is only ever added to');

create trigger if not exists note_mark_refuses_delete before delete on note_mark
for each statement
insert into refused_change
select error('note_mark is only ever added to');
