-- The instant of a date that is not written as ISO 8601 has it, null for any other text: 2026/3/14, 14.3.2026,
-- 3/14/2026, 9:30 PM, 14-Mar-2026, March 14th, 2026. `year_month_day` says which numbers of a date that does not begin
-- with its year are which, as the replacement \3-\2-\1 does, null where there are none such. A date alone begins in the zone; a time
-- without an offset is one of the zone where `local`, else UTC. A year of two digits is none.
create or replace temp macro spelled_instant(written, year_month_day, zone, local) as (
    select
        case
            when not writable(moment) then null
            when length(clock) = 0 or (local and length(shift) = 0) then local_instant(moment, zone)::timestamp
            when length(shift) = 0 then moment
            else try_cast(moment::varchar || shift as timestamptz)::timestamp
        end
    from (
        select
            clock,
            replace(replace(regexp_extract(clock, '(Z|UTC|GMT|[+-][0-9:]+)$'), 'UTC', 'Z'), 'GMT', 'Z') as shift,
            coalesce(try_cast(day as date), try_strptime(day, '%Y-%b-%d')::date) + case
                when length(clock) = 0 then time '00:00'
                when regexp_matches(clock, '(?i)[ap][.]?m')
                    then try_strptime(
                        regexp_extract(clock, '^[0-9:.]+') || upper(regexp_extract(clock, '(?i)[ap]')) || 'M',
                        ['%I:%M%p', '%I:%M:%S%p', '%I:%M:%S.%f%p']
                    )::time
                else try_cast(regexp_extract(clock, '^[0-9:.]+') as time)
            end as moment
        from (
            select
                split_part(turned, '|', 1) as day,
                trim(split_part(turned, '|', 2)) as clock
            from (
                select
                    case
                        when regexp_matches(written, '^[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}([ ,T]|$)')
                            then regexp_replace(
                                written,
                                '^([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})[ ,T]*',
                                '\1-\2-\3|'
                            )
                        when regexp_matches(written, '^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}([ ,T]|$)')
                            then regexp_replace(
                                written,
                                '^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})[ ,T]*',
                                year_month_day || '|'
                            )
                        when regexp_matches(
                            written,
                            '(?i)^[0-9]{1,2}(st|nd|rd|th)?[ ./-]*' || month_name() || '[ ,./-]*[0-9]{4}([ ,T]|$)'
                        )
                            then regexp_replace(
                                written,
                                '(?i)^([0-9]{1,2})(?:st|nd|rd|th)?[ ./-]*'
                                || month_name()
                                || '[ ,./-]*([0-9]{4})[ ,T]*',
                                '\3-\2-\1|'
                            )
                        when regexp_matches(
                            written,
                            '(?i)^' || month_name() || '[ ./-]*[0-9]{1,2}(st|nd|rd|th)?[ ,./-]+[0-9]{4}([ ,T]|$)'
                        )
                            then regexp_replace(
                                written,
                                '(?i)^'
                                || month_name()
                                || '[ ./-]*([0-9]{1,2})(?:st|nd|rd|th)?[ ,./-]+([0-9]{4})[ ,T]*',
                                '\3-\1-\2|'
                            )
                    end as turned
            )
            where
                regexp_full_match(
                    turned,
                    '(?i)[^|]+[|]'
                    || '([0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?[ap][.]?m[.]?)?'
                    || '( ?(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?))?)?'
                )
        )
    )
)
