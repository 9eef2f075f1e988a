-- Make the activities of a lead those of the one it becomes part of. Returns nothing.
update activity set
    lead_id = $kept,
    merged_from = $gone

where
    lead_id = $gone
    -- What both did under an address they share is one activity: the copy that was `gone`'s stays with it.
    and not (
        ends_with(activity_id, '@' || $gone)
        and left(activity_id, -length('@' || $gone)) || '@' || $kept
        in (select activity_id from activity where lead_id = $kept)
    )
