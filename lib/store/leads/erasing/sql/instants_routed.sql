-- When leads that are erased were handed over by the app itself. One row an instant.
select distinct epoch_us(occurred_at) as at

from handoff_event

where lead_id in (select old from erased_lead) and run is null and kind = 'mql'
