-- People who were erased: that, when and by whom, and what imports leave out since (docs/decisions/0043-a-person-erased.md).

-- One row a person; `erased` is the id under which their hand-offs are counted on, `entries` the audit entries of which
-- something was taken with the hash of what stayed. Until `written_anew`, the file itself still holds what was taken.
create table erasure (
    erased varchar not null,
    erased_at timestamp not null,
    who varchar not null,
    reason varchar not null,
    ids integer not null,
    hand_offs integer not null,
    events integer not null,
    activities integer not null,
    changes integer not null,
    rejected integer not null,
    texts integer not null,
    entries varchar not null,
    written_anew boolean not null,
);

-- Drawn by lot with the first person erased. One row, or none.
create table erasure_key (
    key varchar not null,
);

-- What imports may call a person who was erased, hashed with the key; nothing says which person. One row an id.
create table erased_name (
    digest varchar not null,
);
