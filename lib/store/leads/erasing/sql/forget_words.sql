-- Blank what an import kept of rows it could not load, where a condition says that their person was erased. Returns nothing.
update rejected_row set
    reason = $reason,
    row = null,
    key = null,
    id = null,
    lead_id = null

where run = $run and ({erased})
