-- Give the rows of `batch` without a date the latest one that it says of their lead. Returns nothing.
update batch set created_at = dated.created_at

from (
    select
        lead_id,
        max_by(created_at, (file_number, line)) as created_at

    from batch

    where created_at is not null

    group by lead_id
) as dated

where batch.lead_id = dated.lead_id and batch.created_at is null
