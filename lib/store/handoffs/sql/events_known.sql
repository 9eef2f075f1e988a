-- What happened to one lead, and what its sources said of that before and say no more (docs/decisions/0030). One row a
-- statement; of one that stands `until_run` is null.
select
    event_id,
    epoch_us(occurred_at) as at,
    kind,
    actor,
    reason,
    amount::double as amount,
    detail ->> 'event_id' as takes_back,
    upper(nullif(trim(detail ->> 'currency'), '')) as currency,
    epoch_us(day_ends_at) as day_ends,
    fact,
    run,
    null as until_run,
    null as until,
    false as is_gone

from handoff_event

where lead_id = $lead_id

union all

select
    event_id,
    epoch_us(occurred_at) as at,
    kind,
    actor,
    reason,
    amount::double as amount,
    detail ->> 'event_id' as takes_back,
    upper(nullif(trim(detail ->> 'currency'), '')) as currency,
    epoch_us(day_ends_at) as day_ends,
    fact,
    corrected_event.run,
    corrected_by as until_run,
    epoch_us(imported_at) as until,
    why = 'deleted' as is_gone

from corrected_event

inner join import_run
    on corrected_by = import_run.run

where lead_id = $lead_id and why in ('corrected', 'deleted')

order by all
