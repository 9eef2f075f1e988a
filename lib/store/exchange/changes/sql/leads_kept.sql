-- The leads that follow their last changes, as they were before this import. One row each.
select {table}.*

from {table}

where
    lead_id in (select lead_id from followed)
    and run is distinct from (select run from this_import)
    and lead_id not in (select lead_id from {replaced})
