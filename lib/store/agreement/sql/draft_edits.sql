-- Every edit of a draft, the oldest first. One row a revision.
select
    revision,
    epoch_us(edited_at) as edited_at,
    who,
    text

from draft_edit

where name = $name

order by revision
