"""Working time: the worked examples, every boundary, and a walk through every minute in many zones and years."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lib.core.sla.promises import Calendar, Holidays, Interval
from lib.core.sla.working_time import HOUR, MINUTE, CalendarTooShort, at_work, deadlines, elapsed, timeline
from lib.core.time.clock import from_microseconds, to_microseconds

NINE_TO_FIVE: Interval = (9 * 60, 17 * 60)
OFF: tuple[Interval, ...] = ()
NONE_OFF = Holidays()
EPOCH = datetime.fromisoformat("1970-01-01")
"""What clocks of UTC showed then: like every time on a clock here, without a zone."""

MADRID = "Europe/Madrid"


def weekdays(*intervals: Interval, zone: str = MADRID, holidays: Holidays = NONE_OFF) -> Calendar:
    """These intervals from Monday to Friday."""
    return Calendar("test", zone, ((intervals,) * 5) + (OFF, OFF), holidays)


def every_day(*intervals: Interval, zone: str = MADRID, holidays: Holidays = NONE_OFF) -> Calendar:
    return Calendar("test", zone, (intervals,) * 7, holidays)


def local(text: str, zone: str = MADRID, fold: int = 0) -> int:
    """The instant of a local time, `2026-03-02 10:30`."""
    return to_microseconds(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold))


def due(calendar: Calendar, start: str, hours: float = 2) -> str:
    """When so many working hours after a local time have passed, in local time."""
    found = deadlines(calendar, np.array([local(start, calendar.time_zone)]), int(hours * HOUR))
    return from_microseconds(found[0]).astimezone(ZoneInfo(calendar.time_zone)).strftime("%Y-%m-%d %H:%M")


def worked(calendar: Calendar, start: int | str, end: int | str) -> float:
    """The working hours between two instants or local times."""
    ends = [local(at, calendar.time_zone) if isinstance(at, str) else at for at in (start, end)]
    return float(elapsed(calendar, np.array(ends[:1]), np.array(ends[1:]))[0] / HOUR)


# The worked examples of the design.


def test_handed_over_on_a_sunday_two_hours_are_up_on_monday_at_eleven() -> None:
    assert due(weekdays(NINE_TO_FIVE), "2026-03-01 10:30") == "2026-03-02 11:00"


def test_handed_over_on_a_holiday_two_hours_are_up_the_day_after_at_eleven() -> None:
    monday_off = weekdays(NINE_TO_FIVE, holidays=Holidays(also=(date(2026, 3, 2),)))

    assert due(monday_off, "2026-03-02 16:00") == "2026-03-03 11:00"


def test_handed_over_on_friday_at_half_past_four_two_hours_are_up_on_monday_at_half_past_ten() -> None:
    assert due(weekdays(NINE_TO_FIVE), "2026-03-06 16:30") == "2026-03-09 10:30"


def test_friday_at_four_to_monday_at_ten_is_two_working_hours() -> None:
    assert worked(weekdays(NINE_TO_FIVE), "2026-03-06 16:00", "2026-03-09 10:00") == 2


# Boundaries.


def test_a_deadline_that_ends_with_the_day_is_at_its_end_and_not_the_next_morning() -> None:
    assert due(weekdays(NINE_TO_FIVE), "2026-03-06 15:00") == "2026-03-06 17:00"


def test_handed_over_as_the_day_ends_the_clock_runs_from_the_next_morning() -> None:
    assert due(weekdays(NINE_TO_FIVE), "2026-03-06 17:00") == "2026-03-09 11:00"


def test_handed_over_as_the_day_begins_the_clock_runs_at_once() -> None:
    assert due(weekdays(NINE_TO_FIVE), "2026-03-06 09:00") == "2026-03-06 11:00"


def test_no_working_time_has_passed_at_once_even_at_night() -> None:
    assert due(weekdays(NINE_TO_FIVE), "2026-03-01 03:00", hours=0) == "2026-03-01 03:00"


def test_one_microsecond_into_the_day_is_one_microsecond() -> None:
    opening = local("2026-03-02 09:00")

    passed = elapsed(weekdays(NINE_TO_FIVE), np.array([opening - 1]), np.array([opening + 1]))

    assert passed.tolist() == [1]


def test_what_ends_before_it_starts_took_no_time() -> None:
    assert worked(weekdays(NINE_TO_FIVE), "2026-03-03 12:00", "2026-03-02 12:00") == 0


def test_a_day_is_work_from_its_opening_up_to_not_including_its_close() -> None:
    moments = np.array([local(f"2026-03-02 {at}") for at in ("08:59", "09:00", "16:59", "17:00")])

    assert at_work(weekdays(NINE_TO_FIVE), moments).tolist() == [False, True, True, False]


def test_a_lunch_break_does_not_count() -> None:
    split = weekdays((9 * 60, 14 * 60), (15 * 60, 18 * 60))

    assert worked(split, "2026-03-02 13:30", "2026-03-02 15:30") == 1
    assert due(split, "2026-03-02 13:00") == "2026-03-02 16:00"


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    monday_night = Calendar("night", MADRID, (((22 * 60, 30 * 60),), *[OFF] * 6))

    assert worked(monday_night, "2026-03-02 00:00", "2026-03-04 00:00") == 8
    assert worked(monday_night, "2026-03-03 00:00", "2026-03-03 23:59") == 6


def test_no_interval_starts_on_a_holiday_but_the_night_before_runs_into_it() -> None:
    tuesday_off = every_day((22 * 60, 30 * 60), holidays=Holidays(also=(date(2026, 3, 3),)))

    assert worked(tuesday_off, "2026-03-03 00:00", "2026-03-04 00:00") == 6
    assert worked(tuesday_off, "2026-03-04 00:00", "2026-03-05 00:00") == 2


def test_an_interval_up_to_24_00_reaches_midnight() -> None:
    late = weekdays((18 * 60, 24 * 60))

    assert worked(late, "2026-03-02 23:00", "2026-03-03 18:00") == 1


def test_whole_days_leave_no_gap_at_midnight() -> None:
    always = every_day((0, 24 * 60))

    assert due(always, "2026-03-02 23:00") == "2026-03-03 01:00"
    assert timeline(always, 2026, 2026).opens.size == 2


def test_intervals_that_overlap_past_midnight_count_once() -> None:
    overlapping = every_day((20 * 60, 32 * 60), (6 * 60, 10 * 60))

    assert worked(overlapping, "2026-03-03 00:00", "2026-03-04 00:00") == 14


def test_an_interval_within_another_ones_night_counts_once() -> None:
    inside = every_day((12 * 60, 35 * 60), (1 * 60, 2 * 60))

    assert worked(inside, "2026-03-03 00:00", "2026-03-04 00:00") == 23


def test_the_29th_of_february_is_a_day_like_others() -> None:
    assert worked(every_day(NINE_TO_FIVE), "2028-02-28 00:00", "2028-03-01 00:00") == 16


def test_the_holidays_of_a_country_and_its_region_are_off_and_so_is_what_is_added_but_not_what_is_excepted() -> None:
    madrid = weekdays(
        NINE_TO_FIVE,
        holidays=Holidays("ES", "MD", also=(date(2026, 12, 24),), excepted=(date(2026, 12, 8),)),
    )

    assert worked(madrid, "2026-12-25 00:00", "2026-12-26 00:00") == 0  # Christmas, of the country
    assert worked(madrid, "2025-05-02 00:00", "2025-05-03 00:00") == 0  # the region's day
    assert worked(madrid, "2026-12-24 00:00", "2026-12-25 00:00") == 0  # added
    assert worked(madrid, "2026-12-08 00:00", "2026-12-09 00:00") == 8  # excepted


# Clock changes: Madrid springs from 2 to 3 on 29 March 2026, and falls from 3 to 2 on 25 October.


def test_the_hour_that_spring_leaves_out_does_not_count() -> None:
    assert worked(every_day((0, 8 * 60)), "2026-03-29 00:00", "2026-03-29 08:00") == 7


def test_the_hour_that_autumn_repeats_counts_twice() -> None:
    assert worked(every_day((0, 8 * 60)), "2026-10-25 00:00", "2026-10-25 08:00") == 9


def test_an_edge_at_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    until_half_past_two = every_day((0, 150))
    from_half_past_two = every_day((150, 240))

    assert worked(until_half_past_two, "2026-10-25 00:00", "2026-10-25 12:00") == 2.5
    assert worked(from_half_past_two, "2026-10-25 00:00", "2026-10-25 12:00") == 2.5
    second_quarter_past_two = local("2026-10-25 02:15", fold=1)
    assert at_work(until_half_past_two, np.array([second_quarter_past_two])).tolist() == [False]


def test_an_edge_at_a_time_that_does_not_exist_is_read_with_the_offset_before_the_change() -> None:
    from_half_past_two = every_day((150, 240))

    # 02:30 at one hour from UTC is 01:30 UTC, when clocks show 03:30.
    assert worked(from_half_past_two, "2026-03-29 00:00", "2026-03-29 12:00") == 0.5


def test_an_interval_that_a_clock_change_turns_round_is_nothing() -> None:
    assert worked(every_day((150, 190)), "2026-03-29 00:00", "2026-03-29 12:00") == 0


def test_a_deadline_counts_what_really_passes_on_the_day_clocks_change() -> None:
    assert due(every_day((0, 8 * 60)), "2026-03-29 01:00") == "2026-03-29 04:00"
    assert due(every_day((0, 8 * 60)), "2026-10-25 01:00", hours=3) == "2026-10-25 03:00"


def test_a_day_that_a_zone_leaves_out_altogether_is_the_day_after_it_and_counts_once() -> None:
    # Samoa had no 30 December 2011: its times with the offset before are those of the 31st.
    samoa = every_day(NINE_TO_FIVE, zone="Pacific/Apia")

    assert worked(samoa, "2011-12-29 00:00", "2012-01-01 00:00") == 16


# Years.


def test_years_are_added_as_a_deadline_needs_them() -> None:
    one_hour_a_week = Calendar("thin", MADRID, (((540, 600),), *[OFF] * 6))

    assert due(one_hour_a_week, "2026-01-05 08:00", hours=1000) == "2045-02-27 10:00"


def test_a_deadline_on_a_calendar_without_working_time_is_refused() -> None:
    never = Calendar("never", MADRID, (OFF,) * 7)

    with pytest.raises(CalendarTooShort, match=r"calendar 'never': it does not hold 4 hours"):
        deadlines(never, np.array([0]), 4 * HOUR)


def test_an_instant_no_calendar_reaches_is_refused() -> None:
    beyond = np.array([np.iinfo(np.int64).max])

    with pytest.raises(CalendarTooShort, match="Working time is known from the year 2 to 9998"):
        elapsed(weekdays(NINE_TO_FIVE), beyond, beyond)


def test_nothing_asked_is_nothing_answered() -> None:
    nothing = np.zeros(0, dtype=np.int64)

    assert elapsed(weekdays(NINE_TO_FIVE), nothing, nothing).size == 0
    assert deadlines(weekdays(NINE_TO_FIVE), nothing, HOUR).size == 0
    assert at_work(weekdays(NINE_TO_FIVE), nothing).size == 0


# Against a walk through every minute.

ZONES = (
    "UTC", "Europe/Madrid", "America/New_York", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "America/Sao_Paulo",
    "Africa/Casablanca", "Asia/Tehran", "Antarctica/Troll",
)  # fmt: skip


@lru_cache(maxsize=100_000)
def _shown(zone: str, minute: int) -> datetime:
    """What clocks show at a minute since 1970 UTC."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _edge(zone: str, shown: datetime) -> int:
    """The first minute at which clocks show this; where none does, that at which they would without the change."""
    around = (shown - EPOCH) // timedelta(minutes=1)
    before = around - 27 * 60
    for minute in range(before, around + 27 * 60):
        clock = _shown(zone, minute)
        if clock == shown:
            return minute
        if clock > shown:  # Clocks have jumped over it.
            return minute - 1 + (shown - _shown(zone, minute - 1)) // timedelta(minutes=1)
    raise AssertionError(shown)


def walked(calendar: Calendar, first: int, last: int) -> list[bool]:
    """Whether each minute since 1970 from `first` to `last` is working time, looked at one by one."""
    working = [False] * (last - first)
    day = _shown(calendar.time_zone, first).date() - timedelta(days=3)
    while day <= _shown(calendar.time_zone, last).date() + timedelta(days=1):
        if day not in calendar.holidays.also:
            midnight = EPOCH + (day - EPOCH.date())
            for opens, closes in calendar.hours[day.weekday()]:
                edges = [_edge(calendar.time_zone, midnight + timedelta(minutes=at)) for at in (opens, closes)]
                for minute in range(max(edges[0], first), min(edges[1], last)):
                    working[minute - first] = True
        day += timedelta(days=1)
    return working


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start = draw(st.integers(0, 95)) * 15
    return start, start + draw(st.integers(1, 96)) * 15


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, int]:
    """A zone, and a minute in it near a change of its clocks, or any of that year where there is none."""
    zone = draw(st.sampled_from(ZONES))
    year = draw(st.integers(1975, 2037))
    first = (EPOCH.replace(year=year) - EPOCH) // timedelta(minutes=1)
    info = ZoneInfo(zone)
    offsets = [
        (datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)).astimezone(info).utcoffset() for day in range(366)
    ]
    changing = [day for day in range(365) if offsets[day] != offsets[day + 1]]
    day = draw(st.sampled_from(changing)) if changing else draw(st.integers(0, 364))
    return zone, first + (day - 1) * 1440 + draw(st.integers(0, 1440))


@settings(max_examples=120)
@given(
    changes(),
    st.lists(st.lists(intervals(), max_size=3).map(tuple), min_size=7, max_size=7).map(tuple),
    st.booleans(),
    st.integers(1, 4 * 1440),
    st.integers(1, 2000),
)
def test_elapsed_time_and_deadlines_are_those_of_a_walk_through_every_minute(
    place: tuple[str, int], hours: tuple[tuple[Interval, ...], ...], holiday: bool, length: int, promise: int
) -> None:
    zone, first = place
    off = Holidays(also=(_shown(zone, first + 1440).date(),)) if holiday else Holidays()
    calendar = Calendar("drawn", zone, hours, off)
    walk = walked(calendar, first, first + length)
    minutes = np.arange(first, first + length + 1) * MINUTE
    passed = np.concatenate([[0], np.cumsum(walk)])

    from_the_first = elapsed(calendar, np.full(len(minutes), minutes[0]), minutes)
    at_each = at_work(calendar, minutes[:-1])

    assert (from_the_first == passed * MINUTE).all()
    assert at_each.tolist() == walk
    assume(promise <= passed[-1])
    assert deadlines(calendar, minutes[:1], promise * MINUTE)[0] == minutes[np.argmax(passed == promise)]


@pytest.mark.parametrize("zone", ["Europe/Madrid", "America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize("week", ["2026-03-26", "2026-10-22", "2026-06-04", "2027-12-30"])
def test_every_hour_of_every_weekday_is_that_of_the_walk(zone: str, week: str) -> None:
    calendar = weekdays((9 * 60, 14 * 60), (15 * 60, 18 * 60), (22 * 60, 30 * 60), zone=zone)
    first = (datetime.fromisoformat(week) - EPOCH) // timedelta(minutes=1)
    last = first + 9 * 1440
    passed = np.concatenate([[0], np.cumsum(walked(calendar, first, last))])
    starts = np.arange(0, 7 * 24) * 60

    at_end = elapsed(calendar, (first + starts) * MINUTE, np.full(len(starts), last * MINUTE))
    due_at = deadlines(calendar, (first + starts) * MINUTE, 90 * MINUTE)

    assert (at_end == (passed[-1] - passed[starts]) * MINUTE).all()
    assert (due_at // MINUTE - first == [np.argmax(passed == passed[start] + 90) for start in starts]).all()


@given(
    st.sampled_from(ZONES),
    st.lists(intervals(), min_size=1, max_size=3).map(tuple),
    st.lists(st.tuples(st.integers(0, 60 * 365 * 86_400), st.integers(1, 10**12)), min_size=1, max_size=20),
)
def test_a_deadline_and_the_time_elapsed_until_it_are_inverse(
    zone: str, of_a_day: tuple[Interval, ...], asked: list[tuple[int, int]]
) -> None:
    calendar = Calendar("drawn", zone, (of_a_day, OFF, of_a_day, *[OFF] * 4))
    start, within = np.array([(at * 1_000_000 + 7, long) for at, long in asked], dtype=np.int64).T

    due_at = deadlines(calendar, start, within)

    assert (elapsed(calendar, start, due_at) == within).all()
    assert (elapsed(calendar, start, due_at - 1) == within - 1).all()


def test_a_calendar_is_laid_out_once_and_shared() -> None:
    calendar = weekdays(NINE_TO_FIVE)

    assert timeline(calendar, 2025, 2026) is timeline(calendar, 2025, 2026)
    assert not timeline(calendar, 2025, 2026).opens.flags.writeable
