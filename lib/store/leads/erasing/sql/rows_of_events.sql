-- The events of a table that are of leads erased. One row an event.
select
    rowid,
    event_id,
    lead_id,
    merged_from,
    fact,
    detail::varchar as detail

from {table}

where lead_id in (select old from erased_lead)
