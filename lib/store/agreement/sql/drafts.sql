-- The drafts as they are now, or the one of a name. One row a draft.
select
    name,
    text,
    updated_at,
    revision,
    who

from draft

where $name is null or name = $name

order by name
