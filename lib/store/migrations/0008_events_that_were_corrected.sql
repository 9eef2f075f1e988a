-- What a source said of an event, so that a newer export corrects an earlier one, and days that have no hour
-- (docs/decisions/0030-facts-that-were-corrected.md).

-- Its source gave a day without a time: `occurred_at` is when that day begins, `day_ends_at` when it ends (not included).
alter table handoff_event add column by_day boolean default false;

alter table handoff_event add column day_ends_at timestamp;

-- What the event is a statement of: the source and its own key, together with lead and kind. Null where no source states it.
alter table handoff_event add column fact varchar;

-- When the source wrote it, where it says so.
alter table handoff_event add column stated_at timestamp;

-- Events that a later import says otherwise of, or that are gone at their source: as they were, and never counted, as of no
-- instant, since the newest export says what always was. One row an event corrected, and each time it was.
create table corrected_event as
select
    *,
    run as corrected_by,
    kind as why

from handoff_event

limit 0;
