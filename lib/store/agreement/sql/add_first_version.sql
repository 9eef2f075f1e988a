-- Begin the agreement with a definition that both sides hold to. Returns nothing.
insert into definition_version

values (
    1,
    $text,
    $sha256,
    'agreed',
    $now,
    -- In force since ever: data older than the database is judged by it too.
    timestamp '1970-01-01'
)
