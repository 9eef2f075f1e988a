-- What a text of a file means as a value of a type, null where it means none. Macros of one cursor; returns nothing.
create or replace temp macro is_day(written) as
    length(written) = 10 and regexp_full_match(written, '[0-9]{4}-[0-9]{2}-[0-9]{2}');

create or replace temp macro is_instant(written) as
    regexp_full_match(
        written,
        '[0-9]{4}-[0-9]{2}-[0-9]{2}'
        || '[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?'
        || '(Z| UTC|[+-][0-9]{2}(:?[0-9]{2}(:?[0-9]{2})?)?)?'
    );

create or replace temp macro is_local_time(written) as
    regexp_full_match(
        written,
        '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?'
    );

create or replace temp macro is_number(written) as
    regexp_full_match(written, '[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?');

-- An English month, its first three letters captured.
create or replace temp macro month_name() as
    '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)'
    || '(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?[.]?';

-- From year 1 to year 9999, on the clock of any zone.
create or replace temp macro writable(instant) as
    instant between timestamp '0001-01-02' and timestamp '9999-12-30';

-- When the day ends that begins at an instant of the zone; what begins at another instant ends a day later by the clock.
create or replace temp macro day_end_of(instant, zone) as
    local_instant(
        case
            when local_instant(date_trunc('day', timezone(zone, instant::timestamptz)), zone)::timestamp = instant
                then date_trunc('day', timezone(zone, instant::timestamptz))
            else timezone(zone, instant::timestamptz)
        end + interval 1 day,
        zone
    )::timestamp;

-- Seconds since 1970 as an instant, whatever `per_second` a number counts.
create or replace temp macro epoch_instant(written, per_second) as
    case
        when
            regexp_full_match(written, '[+-]?[0-9]{1,16}([.][0-9]{1,9})?')
            and try_cast(written as double) / per_second between -62135510400 and 253402128000
            then make_timestamp(round(try_cast(written as decimal(28, 9)) * (1000000 / per_second)::decimal(7))::bigint)
    end;

-- The local date and time of a spreadsheet's number for a day, its fraction the time, to the millisecond.
create or replace temp macro serial_moment(written) as
    case
        when
            regexp_full_match(written, '[0-9]{1,7}([.,][0-9]+)?')
            and try_cast(replace(written, ',', '.') as double) between 61 and 2958463
            then timestamp '1899-12-30'
            + to_milliseconds(round(try_cast(replace(written, ',', '.') as double) * 86400000)::bigint)
    end;

create or replace temp macro truth_of(written) as
    case lower(written)
        when 'true' then true
        when 'false' then false
    end;

-- A date alone begins in the zone; a time without an offset is UTC.
create or replace temp macro instant_of(written, zone) as
    case
        when is_day(written) then local_instant(try_cast(written as timestamp), zone)::timestamp
        when is_instant(written) then try_cast(written as timestamptz)::timestamp
    end;

-- The same where a time without an offset is one of the zone.
create or replace temp macro instant_in_zone_of(written, zone) as
    case
        when is_day(written) or is_local_time(written)
            then local_instant(try_cast(written as timestamp), zone)::timestamp
        when is_instant(written) then try_cast(written as timestamptz)::timestamp
    end;

create or replace temp macro month_of(written) as
    case
        when left(written, 4) = '0000' then null
        when regexp_full_match(written, '[0-9]{4}-[0-9]{2}') then try_cast(written || '-01' as date)
        when regexp_full_match(written, '[0-9]{4}-[0-9]{2}-[0-9]{2}') or is_instant(written)
            then date_trunc('month', try_cast(left(written, 10) as date))::date
    end;

-- Either branch of an `and` may be looked at first; json_type of no JSON is an error.
create or replace temp macro object_of(written) as
    case when json_valid(written) then case json_type(written) when 'OBJECT' then written::json end end;

-- A number as 1234.5, where any sign of `grouping` may part its thousands and `point` its fraction.
create or replace temp macro plain_number(written, grouping, point) as
    case
        when regexp_full_match(
            written,
            '[+-]?([0-9]+|[0-9]{1,3}([' || grouping || '][0-9]{3})+)([' || point || '][0-9]*)?([eE][+-]?[0-9]+)?'
        )
            then replace(regexp_replace(written, '[' || grouping || ']', '', 'g'), point, '.')
    end;

create or replace temp macro whole_of(plain) as
    case
        when is_number(plain) and try_cast(plain as double) = trunc(try_cast(plain as double))
            then try_cast(try_cast(plain as double) as integer)
    end;

create or replace temp macro amount_of(plain) as
    case
        when is_number(plain) and isfinite(try_cast(plain as double)) then try_cast(plain as decimal(18, 4))
    end;

create or replace temp macro number_of(plain) as
    case
        when is_number(plain) and isfinite(try_cast(plain as double)) then try_cast(plain as double)
    end
;

-- The number of an amount with a currency or in brackets, as `part` of the pattern `amount`, with its sign; another text as it is.
create or replace temp macro bare_amount(written, amount, part) as
    case
        when not regexp_matches(written, amount) or starts_with(written, '(') <> ends_with(written, ')') then written
        when starts_with(written, '(') or regexp_matches(written, '[-−]')
            then '-' || regexp_extract(written, amount, part)
        else regexp_extract(written, amount, part)
    end;

-- A Salesforce id of 15 characters with the three that say which of them are capitals; another text as it is.
create or replace temp macro salesforce_checksum(written, first) as
    substr(
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345',
        1
        + if(written[first] between 'A' and 'Z', 1, 0)
        + if(written[first + 1] between 'A' and 'Z', 2, 0)
        + if(written[first + 2] between 'A' and 'Z', 4, 0)
        + if(written[first + 3] between 'A' and 'Z', 8, 0)
        + if(written[first + 4] between 'A' and 'Z', 16, 0),
        1
    );

create or replace temp macro long_salesforce_id(written) as
    case
        when regexp_full_match(written, '(0[0-9a-zA-Z]|[a-z][0-9])[0-9a-zA-Z]{13}')
            then written
            || salesforce_checksum(written, 1)
            || salesforce_checksum(written, 6)
            || salesforce_checksum(written, 11)
        else written
    end
