-- Cycles are derived by one compiled pass over the events of each lead (docs/decisions/0031-cycles-in-one-pass.md), and
-- kept with all that pages ask of them. What was kept so far is derived anew.
drop view handoff;

drop macro table cycle_as_of;

drop macro table handoff_opening;

drop macro table counting_event;

drop table kept_cycle;

drop table kept_lead;

-- Ids of owners that are nobody: leads lie there until somebody has them. `run` is the import that said so, null where
-- the configuration does.
create table queue (
    queue_id varchar not null,
    run integer,
);

-- The events that no retraction takes back as of an instant, and the hand-overs that one does (`gone`), each with the step
-- of its kind. `events` names `handoff_event`, or a table of all events of some leads. One row an event; later ones too.
create macro event_as_of(events, as_of) as table
with

-- A retraction may itself be taken back, by a later one only: so they are gone through backwards.
retracting as (

    select
        lead_id,
        list([event_id, detail ->> 'event_id'] order by occurred_at desc, event_id desc) as latest_first

    from query_table(events)

    where kind = 'retracted' and occurred_at <= as_of

    group by lead_id

),

taken_back as (

    select
        lead_id,
        unnest(list_reduce(
            latest_first,
            lambda gone, pair: case when list_contains(gone, pair[1]) then gone else list_append(gone, pair[2]) end,
            []::varchar[]
        )) as event_id

    from retracting

)

select
    *,
    -- The order of the kinds at one instant.
    case kind
        when 'mql' then 1
        when 'assigned' then 2
        when 'first_touch' then 3
        when 'accepted' then 4
        when 'rejected' then 5
        when 'sql' then 6
        when 'opportunity' then 7
        when 'won' then 8
        when 'lost' then 9
        when 'recycled' then 10
        when 'disqualified' then 11
        when 'withdrawn' then 12
    end::tinyint as step,
    (lead_id, event_id) in (select (lead_id, event_id) from taken_back) as gone

from query_table(events)

where kind <> 'retracted' and (kind = 'mql' or not gone);

-- The events that count as of an instant, but for what goes with a hand-over that was taken back. One row an event.
create macro counting_event(events, as_of) as table
from event_as_of(events, as_of)

where not gone and occurred_at <= as_of;

-- The cycles as of all events there are. Of a step known by its day alone, `…_until` is when that day ends, else its
-- own instant; `implied` are the steps that nobody stated (1 decision, 2 sql, 4 opportunity). One row a cycle.
create table kept_cycle (
    lead_id varchar not null,
    cycle integer not null,
    opened_by varchar not null,
    mql_at timestamp not null,
    mql_until timestamp not null,
    assigned_at timestamp,
    assigned_until timestamp,
    first_touch_at timestamp,
    first_touch_until timestamp,
    decided_at timestamp,
    decided_until timestamp,
    decision varchar,
    reason varchar,
    implied integer not null,
    sql_at timestamp,
    opportunity_at timestamp,
    won_at timestamp,
    lost_at timestamp,
    closed_at timestamp,
    outcome varchar,
    amount decimal(18, 4),
    currency varchar,
    owner varchar,
    owner_since timestamp,
    first_owner varchar,
    recycled_at timestamp,
    contact_at timestamp,
    attempts integer not null,
    next_at timestamp,
    ended_at timestamp,
    under_way boolean not null,
    score integer,
    definition_version integer,
);

-- From how many events each lead's cycles are kept, as of when they hold, since when it is a customer, and which of its
-- events went with a hand-over that was taken back: a lead with another number of events has new ones. One row a lead.
create table kept_lead (
    lead_id varchar not null,
    events bigint not null,
    latest_at timestamp not null,
    customer_since timestamp,
    taken varchar[],
);

-- What became of everything handed over, by all events there are. One row a cycle.
create view handoff as
select
    cycle.lead_id || ':' || cycle as handoff_id,
    cycle.lead_id,
    cycle,
    mql_at,
    assigned_at,
    first_touch_at,
    decided_at,
    decision,
    reason,
    sql_at,
    opportunity_at,
    won_at,
    lost_at,
    closed_at,
    outcome,
    amount,
    currency,
    coalesce(cycle.owner, case when lead.owner not in (select queue_id from queue) then lead.owner end) as owner,
    owner_since,
    lead.channel,
    lead.source,
    score,
    definition_version,
    implied & 1 > 0 as decision_implied,
    implied & 2 > 0 as sql_implied,
    implied & 4 > 0 as opportunity_implied,
    mql_until > mql_at as mql_by_day,
    coalesce(assigned_until > assigned_at, false) as assigned_by_day,
    coalesce(first_touch_until > first_touch_at, false) as first_touch_by_day,
    coalesce(decided_until > decided_at, false) as decided_by_day

from kept_cycle as cycle

inner join lead
    on cycle.lead_id = lead.lead_id;
