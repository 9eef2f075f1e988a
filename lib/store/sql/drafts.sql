-- The saved drafts, or the one of a name. One row a draft.
select
    name,
    text,
    updated_at

from draft

where $name is null or name = $name

order by name
