-- The events that an import moved aside, or of which it only noted something and left them there, each as it was before.
create or replace temp table moved_event as
select
    * exclude (corrected_by, why),
    bool_and(why in ('adopted', 'restated')) over (partition by event_id) as noted

from corrected_event

where corrected_by = $run

-- Of an event noted first and moved then, the state before the import is the first.
qualify row_number() over (partition by event_id order by list_position(['adopted', 'restated'], why) nulls last) = 1
