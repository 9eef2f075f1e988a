-- The merges that stand, the newest first. One row a merge.
select
    merge,
    kept,
    gone,
    epoch_us(merged_at) as merged_at,
    who

from lead_merge

anti join lead_unmerge using (merge)

order by merge desc
