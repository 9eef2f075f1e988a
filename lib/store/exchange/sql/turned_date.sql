-- The date and time of a text like 14.3.2026, 3/14/26 or 3/14/2026, 9:30 PM, null for any other: `year_month_day` says
-- which of its numbers are which, as the replacement \3-\2-\1 does. Two digits of a year are this century's.
create or replace temp macro turned_date(written, year_month_day) as (
    select coalesce(
        -- First: a cast takes the PM of 9:30:15 PM for a zone, and is silent.
        try_strptime(
            turned,
            ['%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M%p', '%Y-%m-%d %I:%M:%S%p']
        ),
        case when not regexp_matches(turned, '[a-zA-Z]') then try_cast(turned as timestamp) end
    )
    from (
        select regexp_replace(
            regexp_replace(
                regexp_replace(
                    written,
                    '^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{2})([ ,T].*)?$',
                    '\1/\2/20\3\4'
                ),
                '^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})',
                year_month_day
            ),
            '[ ,T]+', ' '
        ) as turned
        where regexp_matches(written, '^[0-9]{1,2}[/.-][0-9]{1,2}[/.-]([0-9]{2}|[0-9]{4})([ ,T].*)?$')
    )
)
