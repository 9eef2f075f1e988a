-- Which lead became part of which, as the source says, of those that are there. One row a lead merged.
with

said as (

    select
        -- HubSpot writes an id and when it was merged: 202:1772438400000.
        regexp_replace(gone, '^([0-9]+):[0-9]{10,}$', '\1') as gone,
        kept,
        file_number,
        line

    from batch

),

known as (

    select lead_id
    from lead

    union all

    select lead_id
    from merged_lead

),

parted_by_hand as (

    select
        lead_merge.gone,
        lead_merge.kept

    from lead_merge

    inner join lead_unmerge using (merge)

    where not regexp_full_match(lead_unmerge.who, 'import [0-9]+( taken back)?')

)

select
    gone,
    max_by(kept, (file_number, line)) as kept

from said

anti join parted_by_hand using (gone, kept)

where
    gone <> kept
    and gone in (select lead_id from known)
    and kept in (select lead_id from known)

group by gone
