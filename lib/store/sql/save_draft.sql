-- Save a draft under a name, in the place of any it had before. Returns nothing.
insert into draft (name, text, updated_at)
values ($name, $text, $updated_at)
on conflict (name) do update set
    text = excluded.text,
    updated_at = excluded.updated_at
