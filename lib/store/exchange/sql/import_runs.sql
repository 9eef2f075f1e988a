-- The imports of files there were, the newest first. One row an import.
select
    run,
    epoch_us(imported_at) as imported_at,
    what,
    files,
    tables,
    rejected,
    unknown_values,
    undoable,
    epoch_us(undone_at) as undone_at,
    undone_by

from import_run

where what <> $events and not starts_with(what, 'webhook:')

order by run desc

limit $most
