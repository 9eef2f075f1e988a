-- Leads merged, or parted again, since an import and not by it. One row a merge or parting.
select lead_merge.gone

from lead_merge

left join lead_unmerge using (merge)

cross join import_run

where
    import_run.run = $run
    and (
        (lead_merge.merged_at >= import_run.imported_at and lead_merge.who <> $who)
        or (lead_unmerge.unmerged_at >= import_run.imported_at and lead_unmerge.who <> $who)
    )
