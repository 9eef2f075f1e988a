-- What an import parted so as to merge it otherwise: who was part of whom. One row a lead.
select
    lead_merge.gone,
    lead_merge.kept

from lead_merge

inner join lead_unmerge using (merge)

where lead_unmerge.who = $who
