-- The rows of `batch` that say otherwise beside their leads than what is noted, in a temporary table. One row each.
create or replace temp table said_news as
select
    batch.lead_id,
    batch.reading,
    batch.stated_at,
    batch.first_at

from batch

anti join lead_said
    on
        batch.lead_id = lead_said.lead_id
        and batch.reading = lead_said.reading
        and batch.stated_at is not distinct from lead_said.stated_at
        and coalesce(batch.first_at >= lead_said.first_at, true)

where batch.reading is not null
