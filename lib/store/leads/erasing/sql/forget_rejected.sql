-- Remove the kept rows of imports that are of leads erased, by what they are known again by or by what they say. Returns how
-- many.
delete from {table}

where
    lead_id in (select old from erased_lead)
    or id in (select old from erased_lead)
    or key in (select old from erased_lead)
    or (row ->> 'lead_id') in (select old from erased_lead)
    or (row ->> 'kept') in (select old from erased_lead)
    or (row ->> 'gone') in (select old from erased_lead)
    or list_contains($aliases, lead_id)
    or list_contains($aliases, row ->> 'lead_id')
    or list_contains($aliases, row ->> 'alias')
    or key in (select old from erased_event)
    or key in (select old from erased_activity)
    or id in (select old from erased_event)
    or id in (select old from erased_activity)
    or ({named})
