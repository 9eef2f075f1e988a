-- The events of the leads handed over: an `mql`, and an `assigned` where there is somebody. One row an event.
select
    event_id,
    lead_id,
    make_timestamp($as_of) as occurred_at,
    'mql' as kind,
    $who as actor,
    case
        when below_line then json_object('version', $version::integer, 'score', score, 'below_line', true)
        when way in ('awakened', 'stock')
            then json_object('version', $version::integer, 'score', score, 'way', way)
        else json_object('version', $version::integer, 'score', score)
    end as detail

from handing_over

union all

select
    assigned_id as event_id,
    lead_id,
    make_timestamp($as_of) as occurred_at,
    'assigned' as kind,
    owner as actor,
    null as detail

from handing_over

where owner is not null
