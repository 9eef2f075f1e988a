-- The leads that wait for an event to date them, and have one that waits for them, in `ready`. One row each.
create or replace temp table ready as
select
    waiting.rowid as waiting_row,
    waiting.run,
    waiting.file,
    waiting.line,
    waiting.table_name,
    waiting.key,
    json_merge_patch(waiting.row, json_object('created_at', first_event.occurred_at::varchar)) as row

from rejected_row as waiting

inner join (
    select
        coalesce(lead_alias.lead_id, event.row ->> 'lead_id') as lead_id,
        min((event.row ->> 'occurred_at')::timestamp) as occurred_at

    from rejected_row as event

    left join lead_alias
        on (event.row ->> 'lead_id') = lead_alias.alias

    where event.kind = 'orphan' and event.table_name in ('activity', 'handoff_event')

    group by all
) as first_event
    on waiting.key = first_event.lead_id

where waiting.kind = 'orphan' and waiting.table_name = 'lead' and starts_with(waiting.reason, $reason)
