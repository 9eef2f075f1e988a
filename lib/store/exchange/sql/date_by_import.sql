-- Date the new leads of `batch` that have no date and that this import dates. Returns how many.
update batch set created_at = $now

where
    undated = 'import'
    and created_at is null
    and lead_id not in (
        select lead_id
        from lead

        union all

        select lead_id
        from merged_lead
    )
