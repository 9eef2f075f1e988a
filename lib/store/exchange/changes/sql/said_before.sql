-- The rows of `lead_said` in whose place `said_now` comes. One row each.
select lead_said.rowid

from lead_said

inner join reading as earlier
    on lead_said.reading = earlier.reading

inner join said_now
    on lead_said.lead_id = said_now.lead_id

inner join reading
    on said_now.reading = reading.reading

where earlier.what = reading.what and earlier.spoken = reading.spoken
