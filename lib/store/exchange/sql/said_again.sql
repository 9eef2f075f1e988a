-- The events that another file of this import had moved aside and that `batch` says too, in a temporary table: of one
-- import every statement of a fact counts. One row each.
create or replace temp table said_again as
select distinct corrected.rowid as corrected_row

from corrected_event as corrected

inner join batch
    on corrected.fact = batch.fact and corrected.kind = batch.kind

where
    corrected.corrected_by = {run}
    and corrected.why = 'corrected'
    and not batch.by_id
    and (batch.whose = '' or corrected.lead_id = batch.lead_id)
    and corrected.occurred_at = batch.occurred_at
    and coalesce(corrected.by_day, false) = coalesce(batch.by_day, false)
    and corrected.actor is not distinct from batch.actor
    and corrected.reason is not distinct from batch.reason
    and corrected.amount is not distinct from batch.amount
    and batch.retracts is not distinct from case
        when corrected.kind = 'retracted' then corrected.detail ->> 'event_id'
    end
    and corrected.event_id not in (select event_id from handoff_event)
