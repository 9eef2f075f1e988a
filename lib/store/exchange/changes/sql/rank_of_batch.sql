-- The rows of leads that `batch` has several of, by which counts: the newest, where their source says of each when it wrote
-- it (`by_date`), else the last. One row each, in a temporary table.
create or replace temp table ranked as
select
    batch_row,
    lead_id,
    by_date,
    first_at,
    row_number() over (
        partition by lead_id
        order by case when by_date then stated_at end desc, file_number desc, line desc
    ) as place

from (
    select
        rowid as batch_row,
        lead_id,
        stated_at,
        file_number,
        line,
        count(*) over same_lead as rows,
        min(stated_at) over same_lead as first_at,
        bool_and(stated_at is not null) over same_lead
        and min(reading) over same_lead is not distinct from max(reading) over same_lead as by_date
    from batch
    window same_lead as (partition by lead_id)
)

where rows > 1
