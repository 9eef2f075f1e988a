-- What meetings decide, and who is to do what by when (docs/decisions/0017-meetings-keep-notes.md); only ever added to.

-- A decision, or an action with its owner and the day it is due. One row a note.
create table meeting_note (
    note integer primary key,
    met_on date not null,
    noted_at timestamp not null,
    who varchar not null,
    kind varchar not null check (kind in ('decision', 'action')),
    text varchar not null check (trim(text) <> ''),
    owner varchar,
    due date,
    check (kind = 'action' or owner is null),
    check ((owner is null) = (due is null)),
    check (kind = 'decision' or owner is not null),
);

-- What became of a note: an action done or open again, any note struck as written by mistake. One row a change.
create table note_mark (
    mark integer primary key,
    note integer not null references meeting_note (note),
    marked_at timestamp not null,
    who varchar not null,
    state varchar not null check (state in ('open', 'done', 'struck')),
);
