-- Add a note to a meeting. One row: its number and the hash of its text.
insert into meeting_note
select
    coalesce(max(note), 0) + 1,
    $met_on,
    $noted_at,
    $who,
    $kind,
    $text,
    $owner,
    $due

from meeting_note

returning
    note,
    sha256(text)
