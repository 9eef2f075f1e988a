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
