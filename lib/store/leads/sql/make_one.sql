-- Make each lead `gone` of `merge_now` part of the one that is kept, with all it did. Returns nothing.
insert into merged_lead by name
select
    lead.*,
    merge_now.kept as merged_into

from lead

inner join merge_now
    on lead.lead_id = merge_now.gone;

delete from lead
where lead_id in (select gone from merge_now);

update activity set
    lead_id = merge_now.kept,
    merged_from = merge_now.gone

from merge_now

where
    activity.lead_id = merge_now.gone
    -- What both did under an address they share is one activity: the copy that was `gone`'s stays with it.
    and not (
        ends_with(activity.activity_id, '@' || merge_now.gone)
        and (
            left(activity.activity_id, -length('@' || merge_now.gone)) || '@' || merge_now.kept,
            merge_now.kept
        ) in (select (activity_id, lead_id) from activity)
    );

update handoff_event set
    lead_id = merge_now.kept,
    merged_from = merge_now.gone

from merge_now

where handoff_event.lead_id = merge_now.gone;

drop table merge_now
