-- The leads of which `batch` says no date, and that their first event dates. Returns nothing.
insert into lead_without_date
select lead_id

from batch

where undated = 'first_event' and created_at is null
