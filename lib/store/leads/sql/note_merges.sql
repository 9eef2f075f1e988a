-- Number and note the merges of `merge_now`. Returns nothing.
insert into lead_merge (merge, kept, gone, merged_at, who)

select
    coalesce((select max(merge) from lead_merge), 0) + row_number() over (order by gone),
    kept,
    gone,
    $at,
    $who

from merge_now
