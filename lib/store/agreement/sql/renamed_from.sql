-- The draft that was given up at the instant another one was begun by the same person: it got that name. One row or none.
select name

from draft_edit

where
    text is null
    and edited_at = $edited_at
    and who = $who
    and name <> $name
