-- What happened to one lead, and what its sources said of that before and say no more (docs/decisions/0030). One row a
-- statement; of one that stands `until_run` is null.
with

stated as (

    select
        *,
        null::integer as corrected_by,
        false as is_gone
    from handoff_event

    union all by name

    select
        * exclude (why),
        why = 'deleted' as is_gone
    from corrected_event
    where why in ('corrected', 'deleted')

)

select
    stated.event_id,
    epoch_us(stated.occurred_at) as at,
    stated.kind,
    stated.actor,
    stated.reason,
    stated.amount::double as amount,
    stated.detail ->> 'event_id' as takes_back,
    upper(nullif(trim(stated.detail ->> 'currency'), '')) as currency,
    epoch_us(stated.day_ends_at) as day_ends,
    stated.fact,
    stated.run,
    stated.corrected_by as until_run,
    epoch_us(import_run.imported_at) as until,
    stated.is_gone

from stated

left join import_run
    on stated.corrected_by = import_run.run

where stated.lead_id = $lead_id

order by all
