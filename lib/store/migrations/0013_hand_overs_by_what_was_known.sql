-- A hand-off carries what its lead was when it was handed over: channel, source, and whose it was where nobody was assigned.
drop view handoff;

-- What each field of which a change is known was since when: before the first change what that one says it was, and since
-- each change what it became. One row a value.
create view field_since as
select
    lead_id,
    field,
    changed_at as since,
    value

from lead_change

union all

select
    lead_id,
    field,
    '-infinity'::timestamp as since,
    first(old_value order by changed_at) as value

from lead_change

group by
    lead_id,
    field;

-- The cycles of a table (its name as a literal) with what their leads were at the hand-over. One row a cycle.
create macro known_at_hand_over(cycles) as table
select
    cycle.lead_id,
    cycle,
    case when channel_then.lead_id is null then lead.channel else channel_then.value end as channel,
    case when source_then.lead_id is null then lead.source else source_then.value end as source,
    case when owner_then.lead_id is null then lead.owner else owner_then.value end as owner

from query_table(cycles) as cycle

inner join lead
    on cycle.lead_id = lead.lead_id

asof left join (from field_since where field = 'channel') as channel_then
    on cycle.lead_id = channel_then.lead_id and cycle.mql_at >= channel_then.since

asof left join (from field_since where field = 'source') as source_then
    on cycle.lead_id = source_then.lead_id and cycle.mql_at >= source_then.since

asof left join (from field_since where field = 'owner') as owner_then
    on cycle.lead_id = owner_then.lead_id and cycle.mql_at >= owner_then.since;

-- What became of everything handed over, by all events there are. One row a cycle.
create view handoff as
select
    cycle.lead_id || ':' || cycle.cycle as handoff_id,
    cycle.lead_id,
    cycle.cycle,
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
    coalesce(
        cycle.owner, case when lead_then.owner not in (select queue_id from queue) then lead_then.owner end
    ) as owner,
    owner_since,
    lead_then.channel,
    lead_then.source,
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

inner join known_at_hand_over('kept_cycle') as lead_then
    on cycle.lead_id = lead_then.lead_id and cycle.cycle = lead_then.cycle;
