-- What is known to have been so at which instant of each of `situation` that corrects nothing, after the last change that its
-- history says; in a temporary table, one row a lead, field and instant.
create or replace temp table point as
with

said as (

    -- What the row held before: since it was first said, or, where nothing tells of before, always.
    select
        lead_id,
        field,
        case when history_at is null and not is_older then timestamp '-infinity' else first_at end as said_at,
        if(recorded_from is null, was, recorded_from_value) as value,
        first_by as said_by,
        0 as rank

    from situation

    where
        not is_new
        and not had_history
        and (
            is_older
            or history_at is null
            or (first_at < at_now and first_at < coalesce(recorded_from, 'infinity'))
        )

    union all

    select
        lead_change.lead_id,
        lead_change.field,
        lead_change.changed_at,
        lead_change.value,
        lead_change.dated_by,
        1

    from lead_change

    inner join recorded_change
        on
            lead_change.lead_id = recorded_change.lead_id
            and lead_change.field = recorded_change.field
            and lead_change.changed_at = recorded_change.changed_at

    semi join situation
        on lead_change.lead_id = situation.lead_id and lead_change.field = situation.field

    union all

    select
        lead_id,
        field,
        stated_before,
        was,
        'source',
        2

    from situation

    where is_older and is_changed

    union all

    select
        lead_id,
        field,
        stated_at,
        value,
        'source',
        3

    from older_said

    union all

    -- A row that its source wrote earlier, and that says the same.
    select
        situation.lead_id,
        situation.field,
        stated_late.stated_at,
        situation.value,
        'source',
        4

    from situation

    inner join stated_late
        on situation.lead_id = stated_late.lead_id

    inner join reading_field
        on
            stated_late.reading = reading_field.reading
            and situation.field = reading_field.field
            and reading_field.spoken

    where not situation.is_changed

    union all

    select
        lead_id,
        field,
        -- What is written at the instant of a change, and says otherwise, comes after it.
        if(at_now = changed_at and value is distinct from changed_to, at_now + to_microseconds(1), at_now),
        value,
        now_by,
        5

    from situation

    where is_current

)

select said.*

from said

inner join situation
    on said.lead_id = situation.lead_id and said.field = situation.field

where not situation.is_correction and (situation.history_at is null or said.said_at > situation.history_at)

-- Of one instant, what is said last counts.
qualify row_number() over (partition by said.lead_id, said.field, said.said_at order by said.rank desc) = 1
