-- The events that withdraw leads gone at their source which nothing has withdrawn so yet. One row a lead.
select
    md5(concat_ws(chr(31), lead_gone.lead_id, lead_gone.fact, 'withdrawn', coalesce(epoch_us(since), $now)::varchar)),
    lead_gone.lead_id,
    coalesce(since, make_timestamp($now)),
    'withdrawn',
    '{"deleted":true}'::json,
    false,
    lead_gone.fact,
    since,
    $run

from lead_gone

anti join handoff_event as event
    on event.kind = 'withdrawn' and event.fact = lead_gone.fact

where lead_gone.gone
