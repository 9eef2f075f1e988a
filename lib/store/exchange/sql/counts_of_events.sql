-- What became of the rows of `batch`. One row.
with

added as (

    select
        batch.fact,
        batch.whose,
        case when not batch.by_id then batch.kind end as kind,
        count(*) as rows

    from event_fate

    inner join batch
        on event_fate.batch_row = batch.rowid

    where event_fate.fate = 'added'

    group by all

),

corrected as (

    select
        fact,
        whose,
        kind,
        count(*) as rows

    from corrected_now

    group by all

),

changed as (

    select coalesce(sum(least(added.rows, corrected.rows)), 0) as rows

    from added

    inner join corrected
        on
            added.fact = corrected.fact
            and added.whose = corrected.whose
            and added.kind is not distinct from corrected.kind

)

select
    count(*) filter (where fate = 'added') - coalesce(any_value(changed.rows), 0) as new,
    coalesce(any_value(changed.rows), 0) as changed,
    count(*) filter (where fate in ('same', 'older')) as same,
    count(*) filter (where fate = 'older') as older

from event_fate

cross join changed
