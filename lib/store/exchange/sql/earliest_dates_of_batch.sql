-- Give the rows of `batch` of which the earliest date counts the earliest that it, or what stands, says of their lead.
-- Returns nothing.
update batch set created_at = least(batch.created_at, earliest.created_at)

from (
    select
        lead_id,
        min(created_at) as created_at

    from (
        select
            lead_id,
            created_at
        from batch
        where of_several = 'earliest'

        union all

        select
            lead_id,
            created_at
        from lead
        semi join batch using (lead_id)
    )

    group by lead_id
) as earliest

where batch.lead_id = earliest.lead_id and batch.of_several = 'earliest'
