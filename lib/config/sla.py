"""sla.yaml: how reports divide time, the teams' calendars and the promises."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from zoneinfo import available_timezones

import holidays

from lib.config.conditions import form_of, read_field_match
from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.definition.criteria import FieldMatch
from lib.core.errors import ConfigRefused
from lib.core.sla.promises import DEFAULT_CALENDAR, Calendar, Holidays, Interval, Policy, Promise

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS = re.compile("({0})(?:-({0}))?".format("|".join(WEEKDAYS)))
WEEK_STARTS = {"monday": 0, "sunday": 6, "saturday": 5}
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MINUTES_PER_DAY = 1440
MOST_MINUTES = 1_000_000
"""Nearly two years of days and nights: longer than any promise, and far inside what a deadline can reach."""

INTERVAL = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*(?:([01]?[0-9]|2[0-3]):([0-5][0-9])|24:00)")
DURATION = re.compile(r"([0-9]{1,7})\s*(m|h)")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_policy(text: str, file: str) -> Policy:
    """The policy a YAML text says; `file` is its name in messages.

    Raises ConfigRefused with every fault found, in the order of the lines.
    """
    return read_yaml(text, file, ConfigRefused, _policy)


def _policy(root: YamlEntry) -> Policy:
    entries = root.keys(
        ("time_zone", "week_starts", "fiscal_year_starts", "calendars", "promises"), required=("time_zone", "calendars")
    )
    promises = optional(entries, "promises", _promise_lists) or {}
    return Policy(
        time_zone=optional(entries, "time_zone", _time_zone) or "UTC",
        calendars=optional(entries, "calendars", _calendars) or (),
        decision=tuple(optional(promises, "decision", _promises) or ()),
        first_touch=tuple(optional(promises, "first_touch", _promises) or ()),
        week_starts=WEEK_STARTS[optional(entries, "week_starts", _week_starts) or "monday"],
        fiscal_year_starts=MONTHS.index(optional(entries, "fiscal_year_starts", _month) or MONTHS[0]) + 1,
    )


def _week_starts(entry: YamlEntry) -> str | None:
    return entry.choice(WEEK_STARTS, "first day of a week")


def _month(entry: YamlEntry) -> str | None:
    return entry.choice(MONTHS, "month")


# Calendars


@lru_cache(maxsize=1)
def _time_zones() -> frozenset[str]:
    # These two name whatever the machine is set to, or nothing.
    return frozenset(available_timezones() - {"localtime", "Factory"})


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    return dict(holidays.list_supported_countries(include_aliases=True))


def _time_zone(entry: YamlEntry) -> str | None:
    return entry.choice(sorted(_time_zones()), "time zone")


def _calendars(entry: YamlEntry) -> tuple[Calendar, ...]:
    calendars = entry.inside("calendars")
    named = calendars.entries()
    if DEFAULT_CALENDAR not in named:
        calendars.refuse(f"there is no calendar called '{DEFAULT_CALENDAR}'", "Add it: reps without one use it.")
    return tuple(_calendar(name, calendar.inside(name)) for name, calendar in named.items())


def _calendar(name: str, entry: YamlEntry) -> Calendar:
    keys = entry.keys(("time_zone", "hours", "holidays"), required=("time_zone", "hours"))
    return Calendar(
        name=name,
        time_zone=optional(keys, "time_zone", _time_zone) or "UTC",
        hours=optional(keys, "hours", _hours) or (),
        holidays=optional(keys, "holidays", _holidays) or Holidays(),
    )


def _hours(entry: YamlEntry) -> tuple[tuple[Interval, ...], ...]:
    """The intervals of each weekday, Monday first."""
    days = entry.entries()
    if not any(_one_or_several(intervals) for intervals in days.values()):
        entry.refuse("the calendar has no working time", "Write hours, like 'mon-fri: [\"09:00-17:00\"]'.")
    intervals_of: dict[str, tuple[Interval, ...]] = {}
    for key, intervals in days.items():
        found = DAYS.fullmatch(key)
        if not found:
            intervals.refuse(f"'{key}' is no day of the week", f"Write {', '.join(WEEKDAYS)}, or two with '-' between.")
            continue
        read = tuple(_intervals(intervals.inside(key)))
        first, last = WEEKDAYS.index(found[1]), WEEKDAYS.index(found[2] or found[1])
        # A week may run on over its end: sun-thu is five days.
        for n in range((last - first) % 7 + 1):
            day = WEEKDAYS[(first + n) % 7]
            if day in intervals_of:
                intervals.refuse(f"the hours of {day} are written twice", "Keep one of them.")
            intervals_of[day] = read
    return tuple(intervals_of.get(day, ()) for day in WEEKDAYS)


def _one_or_several(entry: YamlEntry) -> list[YamlEntry]:
    """The items of a list, none where it is blank, or what stands there alone."""
    return entry.items() if entry.is_list or entry.is_blank else [entry]


def _intervals(entry: YamlEntry) -> Iterator[Interval]:
    """The intervals of a day in their order; a day off has none."""
    intervals = sorted(interval for item in _one_or_several(entry) if (interval := _interval(item)) is not None)
    for (start, end), (next_start, _) in pairwise(intervals):
        if next_start < end:
            entry.refuse(
                f"the interval from {_clock(next_start)} begins before the one from {_clock(start)} ends",
                "Let no interval of a day overlap another.",
            )
    yield from intervals


def _interval(entry: YamlEntry) -> Interval | None:
    text = entry.text()
    if text is None:
        return None
    found = INTERVAL.fullmatch(text.strip())
    if not found:
        entry.refuse(f"'{text}' is no interval of a day", 'Write two times, like "09:00-17:30".')
        return None
    start = int(found[1]) * 60 + int(found[2])
    end = int(found[3]) * 60 + int(found[4]) if found[3] else MINUTES_PER_DAY
    if start == end:
        entry.refuse(f"the interval '{text}' is empty", 'Write another end; a whole day is "00:00-24:00".')
        return None
    return start, end if end > start else end + MINUTES_PER_DAY


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _holidays(entry: YamlEntry) -> Holidays:
    keys = entry.inside("holidays").keys(("country", "subdivision", "also", "except"))
    country = optional(keys, "country", lambda country: country.choice(_countries(), "country"))
    subdivision = None
    if "subdivision" in keys and "country" not in keys:
        keys["subdivision"].refuse("a subdivision has no country here", "Add 'country'.")
    elif country is not None:
        known = _countries()[country]
        subdivision = optional(keys, "subdivision", lambda part: part.choice(known, f"subdivision of {country}"))
    return Holidays(
        country=country,
        subdivision=subdivision,
        also=optional(keys, "also", _days) or (),
        excepted=optional(keys, "except", _days) or (),
    )


def _days(entry: YamlEntry) -> tuple[date, ...]:
    days = [_day(item) for item in _one_or_several(entry)]
    return tuple(day for day in days if day is not None)


def _day(entry: YamlEntry) -> date | None:
    text = entry.text()
    if text is None:
        return None
    day = _date(text)
    if day is None:
        entry.refuse(f"'{text}' is no day", "Write year, month and day, like 2026-12-24.")
    return day


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:  # The thirtieth of February.
        return None


# Promises


def _promise_lists(entry: YamlEntry) -> dict[str, YamlEntry]:
    return entry.inside("promises").keys(("decision", "first_touch"))


def _promises(entry: YamlEntry) -> Iterator[Promise]:
    for_everyone = None
    for number, item in enumerate(entry.items(), start=1):
        promise = item.inside(f"{entry.name} {number}")
        keys = promise.keys(("within", "when"), required=("within",))
        if for_everyone is not None:
            promise.refuse(
                f"it never applies, because {entry.name} {for_everyone} is for every lead", "Write that one last."
            )
        if "when" not in keys:
            for_everyone = for_everyone or number
        within_minutes = optional(keys, "within", _minutes)
        when = optional(keys, "when", _lead_condition)
        if within_minutes is not None:
            yield Promise(within_minutes, when)


def _minutes(entry: YamlEntry) -> int | None:
    text = entry.text()
    if text is None:
        return None
    found = DURATION.fullmatch(text.strip())
    if not found:
        entry.refuse(f"'{entry.name}' is '{text}', not a working time", "Write whole minutes or hours, like 90m or 4h.")
        return None
    minutes = int(found[1]) * (60 if found[2] == "h" else 1)
    if not 0 < minutes <= MOST_MINUTES:
        entry.refuse(f"'{entry.name}' is '{text}'", f"Write more than 0 and at most {MOST_MINUTES:,} minutes.")
        return None
    return minutes


def _lead_condition(entry: YamlEntry) -> FieldMatch | None:
    form = form_of(entry)
    if form == "kind":
        entry.refuse("a promise looks at the lead, not at activities", "Write when: {field: …}.")
        return None
    return read_field_match(entry, {}) if form else None
