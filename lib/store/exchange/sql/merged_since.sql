-- Leads merged, or parted again, since an import. One row a merge or parting.
select lead_merge.gone

from lead_merge

left join lead_unmerge using (merge)

cross join import_run

where
    import_run.run = $run
    and (lead_merge.merged_at >= import_run.imported_at or lead_unmerge.unmerged_at >= import_run.imported_at)
