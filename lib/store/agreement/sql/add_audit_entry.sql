-- Add an entry to the end of the chain. Returns nothing.
insert into audit_entry (number, noted_at, who, what, detail, before, sha256)
values ($number, make_timestamp($at), $who, $what, $detail, $before, $sha256)
