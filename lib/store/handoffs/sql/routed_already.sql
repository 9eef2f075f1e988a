-- Which of the leads about to be handed over an earlier run has handed over just so. One row a lead.
select lead_id

from qualifying

semi join handoff_event using (event_id)
