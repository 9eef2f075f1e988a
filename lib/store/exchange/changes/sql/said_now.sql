-- What `said_news` says beside its leads where that is not what was said before: by which reading, when their source first and last
-- wrote them, and whether it had written them before (`late`). One row a lead, in a temporary table.
create or replace temp table said_now as
with

before as (

    select
        lead_said.lead_id,
        reading.reading,
        min(lead_said.first_at) as first_at,
        arg_min(lead_said.first_by, lead_said.first_at) as first_by,
        max(lead_said.stated_at) as stated_at,
        bool_or(lead_said.reading = reading.reading) as is_read_so

    from lead_said

    inner join reading as earlier
        on lead_said.reading = earlier.reading

    inner join reading
        on earlier.what = reading.what and earlier.spoken = reading.spoken

    where
        reading.reading in (select reading from said_news)
        and lead_said.lead_id in (select lead_id from said_news)

    group by
        lead_said.lead_id,
        reading.reading

),

said as (

    select
        said_news.lead_id,
        said_news.reading,
        least(coalesce(said_news.first_at, said_news.stated_at, this_import.moment), before.first_at) as first_at,
        case
            when before.first_at <= coalesce(said_news.first_at, said_news.stated_at, this_import.moment) then before.first_by
            when said_news.stated_at is null then 'import'
            else 'source'
        end as first_by,
        greatest(said_news.stated_at, before.stated_at) as newest_at,
        coalesce(said_news.stated_at < before.stated_at, false) as late,
        said_news.stated_at,
        before.first_at as was_first_at,
        before.stated_at as was_newest_at,
        coalesce(before.is_read_so, false) as is_read_so

    from said_news

    cross join this_import

    left join before
        on said_news.lead_id = before.lead_id and said_news.reading = before.reading


)

select *

from said

where late or not is_read_so or first_at <> was_first_at or newest_at is distinct from was_newest_at
