-- What becomes of each row of `batch`: the same as what stands, older than it, its id taken, or to be added. One row each.
create or replace temp table event_fate as
select
    batch.rowid as batch_row,
    case
        when batch.stated_at < max(met.stated_at) filter (where met.of_fact) then 'older'
        when coalesce(bool_or(met.says_the_same), false) then 'same'
        when
            batch.by_id
            and batch.rule is null
            and bool_or(not met.of_fact or met.run is null or met.run = $run) filter (where met.event_row is not null)
            then 'taken'
        when $waited and count(met.event_row) > 0 then 'older'
        else 'added'
    end as fate

from batch

left join event_met as met
    on batch.rowid = met.batch_row

group by
    batch.rowid,
    batch.stated_at,
    batch.by_id,
    batch.rule
