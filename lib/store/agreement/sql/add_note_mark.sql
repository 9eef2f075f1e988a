-- Say what became of a note. Returns nothing.
insert into note_mark
select
    coalesce(max(mark), 0) + 1,
    $note,
    $marked_at,
    $who,
    $state

from note_mark
