-- What is known of each of `pair`: what was said of it and when, who says it now, and its last changes. One row a lead and
-- field, in a temporary table.
create or replace temp table situation as
with

-- What was said of the leads before this import, and is said by now.
statement as (

    select
        *,
        run <> (select run from this_import) as is_before,
        true as is_now

    from lead_said

    semi join pair using (lead_id)

    union all

    select
        *,
        true,
        false

    from replaced_lead_said

    semi join pair using (lead_id)

    where (select is_undoable from this_import)

),

-- Which reading speaks of which field, and how it reads it.
field_read as (

    select
        reading.reading,
        reading.what,
        asked.field,
        coalesce(own.spoken, false) or coalesce(any_extra.spoken, false) as is_spoken,
        coalesce(own.how, others.how) as how

    from reading

    cross join (select distinct field from pair) as asked

    left join reading_field as own
        on reading.reading = own.reading and asked.field = own.field

    left join reading_field as any_extra
        on reading.reading = any_extra.reading and any_extra.field = 'extra.*' and starts_with(asked.field, 'extra.')

    left join reading_field as others
        on reading.reading = others.reading and others.field = '*'

    where
        reading.reading in (
            select reading
            from statement
            union
            select reading
            from lead_told
            union
            select reading
            from stated_late
        )

),

said as (

    select
        pair.lead_id,
        pair.field,
        statement.first_at,
        statement.first_by,
        statement.stated_at,
        statement.is_before,
        statement.is_now,
        field_read.what,
        field_read.how,
        field_read.is_spoken,
        coalesce(statement.stated_at, import_run.imported_at, this_import.moment) as last_at,
        if(statement.stated_at is null, 'import', 'source') as last_by

    from pair

    inner join statement
        on pair.lead_id = statement.lead_id

    inner join field_read
        on statement.reading = field_read.reading and pair.field = field_read.field

    cross join this_import

    left join import_run
        on statement.run = import_run.run

),

said_of_pair as (

    select
        lead_id,
        field,
        min(first_at) filter (is_before and is_spoken) as first_at,
        arg_min(first_by, first_at) filter (is_before and is_spoken) as first_by,
        max(last_at) filter (is_now and is_spoken) as last_at,
        arg_max(last_by, last_at) filter (is_now and is_spoken) as last_by

    from said

    group by
        lead_id,
        field

),

-- The last row that changed the field: whose it is, how that is read, and when its source wrote it.
told as (

    select
        pair.lead_id,
        pair.field,
        arg_max(field_read.what, lead_told.rowid) as what,
        arg_max_null(field_read.how, lead_told.rowid) as how,
        arg_max_null(lead_told.stated_at, lead_told.rowid) as stated_at

    from pair

    inner join lead_told
        on pair.lead_id = lead_told.lead_id

    inner join field_read
        on lead_told.reading = field_read.reading and pair.field = field_read.field

    where pair.is_changed and field_read.is_spoken

    group by
        pair.lead_id,
        pair.field

),

-- What the same source had said of the lead before.
same_source as (

    select
        told.lead_id,
        told.field,
        max(said.stated_at) filter (said.is_spoken) as stated_at,
        arg_max_null(said.how, (said.is_spoken, said.last_at)) as how

    from told

    inner join said
        on
            told.lead_id = said.lead_id
            and told.field = said.field
            and told.what = said.what
            and said.is_before

    group by
        told.lead_id,
        told.field

),

-- The last import of each source by a version of this code that noted nothing of what it said.
earlier as (

    select
        earlier_name.what,
        max(import_run.run) as run

    from earlier_name

    inner join import_run
        on
            not coalesce(import_run.notes_said, false)
            and import_run.undone_at is null
            and list_contains(json_keys(import_run.tables), 'lead')
            and list_contains(string_split(lower(import_run.what), ' + '), earlier_name.name)

    group by earlier_name.what

),

-- Rows that are no longer the newest of their lead.
older as (

    select
        lead_id,
        field,
        min(stated_at) as stated_at

    from older_said

    group by
        lead_id,
        field

),

late as (

    select distinct
        pair.lead_id,
        pair.field

    from pair

    inner join stated_late
        on pair.lead_id = stated_late.lead_id

    inner join field_read
        on stated_late.reading = field_read.reading and pair.field = field_read.field

    where field_read.is_spoken

),

history as (

    select
        lead_change.lead_id,
        lead_change.field,
        max(lead_change.changed_at) as last_at,
        arg_max_null(lead_change.value, lead_change.changed_at) as last_value,
        bool_or(lead_change.run is distinct from (select run from this_import)) as is_before

    from lead_change

    semi join pair
        on lead_change.lead_id = pair.lead_id and lead_change.field = pair.field

    anti join recorded_change
        on
            lead_change.lead_id = recorded_change.lead_id
            and lead_change.field = recorded_change.field
            and lead_change.changed_at = recorded_change.changed_at

    where lead_change.changed_at <= (select moment from this_import)

    group by
        lead_change.lead_id,
        lead_change.field

),

-- What imports of leads had recorded since the last that the history says.
recorded as (

    select
        lead_change.lead_id,
        lead_change.field,
        min(lead_change.changed_at) as first_at,
        arg_min_null(lead_change.old_value, lead_change.changed_at) as old_value,
        max(lead_change.changed_at) as last_at,
        arg_max_null(lead_change.value, lead_change.changed_at) as last_value

    from lead_change

    inner join recorded_change
        on
            lead_change.lead_id = recorded_change.lead_id
            and lead_change.field = recorded_change.field
            and lead_change.changed_at = recorded_change.changed_at

    semi join pair
        on lead_change.lead_id = pair.lead_id and lead_change.field = pair.field

    left join history
        on lead_change.lead_id = history.lead_id and lead_change.field = history.field

    where lead_change.changed_at > coalesce(history.last_at, '-infinity')

    group by
        lead_change.lead_id,
        lead_change.field

),

known as (

    select
        pair.*,
        this_import.moment,
        said_of_pair.first_at,
        said_of_pair.first_by,
        said_of_pair.last_at as said_at,
        said_of_pair.last_by as said_by,
        -- Of what waited, or an earlier version brought, nothing else says when it was said.
        case
            when pair.is_new then this_import.moment
            when not coalesce(brought.notes_said, false) then brought.imported_at
        end as brought_at,
        told.stated_at as told_at,
        same_source.stated_at as stated_before,
        late.lead_id is not null
        or coalesce(least(told.stated_at, older.stated_at) < same_source.stated_at, false) as is_older,
        case
            when told.what is null then false
            when same_source.lead_id is not null then same_source.how is distinct from told.how
            else coalesce(pair.brought_by, 0) <= coalesce(earlier.run, -1)
        end as is_correction,
        history.last_at as history_at,
        history.last_value as history_value,
        coalesce(history.is_before, false) as had_history,
        recorded.first_at as recorded_from,
        recorded.old_value as recorded_from_value,
        greatest(history.last_at, recorded.last_at) as changed_at,
        if(recorded.lead_id is null, history.last_value, recorded.last_value) as changed_to

    from pair

    cross join this_import

    left join said_of_pair
        on pair.lead_id = said_of_pair.lead_id and pair.field = said_of_pair.field

    left join import_run as brought
        on pair.brought_by = brought.run

    left join told
        on pair.lead_id = told.lead_id and pair.field = told.field

    left join same_source
        on pair.lead_id = same_source.lead_id and pair.field = same_source.field

    left join earlier
        on told.what = earlier.what

    left join older
        on pair.lead_id = older.lead_id and pair.field = older.field

    left join late
        on pair.lead_id = late.lead_id and pair.field = late.field

    left join history
        on pair.lead_id = history.lead_id and pair.field = history.field

    left join recorded
        on pair.lead_id = recorded.lead_id and pair.field = recorded.field

),

-- When what the row holds by now is said; nowhere where no file speaks of it.
now_said as (

    select
        *,
        case
            -- Said now; or otherwise than at the same instant before, which no date can tell apart.
            when
                is_changed
                and (told_at is null or (told_at = stated_before and coalesce(changed_at <= told_at, true)))
                then greatest(moment, changed_at + to_microseconds(1))
            when is_changed then told_at
            when said_at is not null then said_at
            when value is not null then brought_at
        end as at_now

    from known

)

select
    * exclude (moment, brought_by, brought_at, said_at, said_by),
    case
        when is_changed then if(at_now is not distinct from told_at, 'source', 'import')
        when said_at is not null then said_by
        else 'import'
    end as now_by,
    -- What was changed since by what is dated is newer, unless the same source tells of the past.
    at_now is not null and coalesce(is_older or at_now >= changed_at, true) as is_current

from now_said
