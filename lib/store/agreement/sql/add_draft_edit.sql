-- Add an edit to the end of a draft's history. One row: its revision, and the hash of its text.
insert into draft_edit (name, revision, edited_at, who, text)
select
    $name,
    coalesce(max(revision), 0) + 1,
    $edited_at,
    $who,
    $text::varchar

from draft_edit

where name = $name

returning
    revision,
    sha256(text) as sha256
