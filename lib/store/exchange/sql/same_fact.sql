-- Whether a row of `batch` states the fact of a `standing` event. A condition.
standing.fact = batch.fact
and (batch.by_id or standing.kind = batch.kind)
and (batch.whose = '' or standing.lead_id = batch.lead_id)
