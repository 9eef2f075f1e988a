-- Give the rows of `batch` that correct an event under an id of its own what it holds in a column their file lacks.
-- Returns nothing.
update batch set {column} = event.{column}

from event_met as met

inner join handoff_event as event
    on met.event_row = event.rowid

where batch.by_id and batch.rowid = met.batch_row
