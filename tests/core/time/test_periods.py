"""Weeks, months, quarters and fiscal years part time."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.time.clock import day_start, default_window, week_of
from lib.core.time.periods import By, fiscal_name, period_after, period_of, periods
from lib.core.time.window import Window

ZONE = "Europe/Madrid"
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
BY = st.sampled_from([By.WEEK, By.MONTH, By.QUARTER, By.YEAR])


@given(DAYS, st.integers(1, 900), st.integers(0, 6), st.integers(1, 12), BY, st.data())
def test_every_instant_of_a_window_lies_in_exactly_one_period(
    start: date, length: int, week_starts: int, year_starts: int, by: By, data: st.DataObject
) -> None:
    window = Window(start, start + timedelta(days=length), ZONE, week_starts, year_starts)
    zone = ZoneInfo(ZONE)
    first, end = day_start(window.start, zone), day_start(window.end, zone)
    split = periods(window, by, end)
    at = data.draw(st.integers(first, end - 1))

    (number,) = split.of(np.array([at], dtype=np.int64)).tolist()
    day = split.first_days[number]

    assert day_start(day, zone) <= at < day_start(period_after(day, by), zone)
    assert day == period_of(max(day, window.start), by, window)
    assert all(
        period_after(one, by) == other for one, other in zip(split.first_days, split.first_days[1:], strict=False)
    )
    assert split.of(np.array([first - 1, end], dtype=np.int64)).tolist() == [-1, -1]


@given(DAYS, st.integers(0, 6), st.integers(1, 12))
def test_periods_begin_where_they_are_said_to(day: date, week_starts: int, year_starts: int) -> None:
    divided = Window(day, day + timedelta(days=1), ZONE, week_starts, year_starts)

    week, quarter, year = (period_of(day, by, divided) for by in (By.WEEK, By.QUARTER, By.YEAR))

    assert week.weekday() == week_starts
    assert timedelta(0) <= day - week < timedelta(weeks=1)
    assert (quarter.day, (quarter.month - year_starts) % 3) == (1, 0)
    assert quarter <= day < period_after(quarter, By.QUARTER)
    assert (year.day, year.month) == (1, year_starts)
    assert year <= quarter
    assert year <= day < period_after(year, By.YEAR)


@pytest.mark.parametrize(("starts", "first"), [(0, date(2026, 3, 2)), (6, date(2026, 3, 1)), (5, date(2026, 2, 28))])
def test_a_week_begins_on_the_day_that_is_configured(starts: int, first: date) -> None:
    assert week_of(date(2026, 3, 4), starts) == first


def test_the_last_26_whole_weeks_end_where_the_running_week_begins() -> None:
    wednesday = day_start(date(2026, 3, 4), ZoneInfo(ZONE))

    assert default_window(wednesday, ZoneInfo(ZONE), 6) == (date(2025, 8, 31), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("day", "by", "starts", "name"),
    [
        (date(2026, 1, 1), By.QUARTER, 1, "Q1 2026"),
        (date(2026, 10, 1), By.QUARTER, 1, "Q4 2026"),
        (date(2026, 1, 1), By.YEAR, 1, "2026"),
        (date(2025, 7, 1), By.QUARTER, 7, "Q1 FY26"),
        (date(2026, 4, 1), By.QUARTER, 7, "Q4 FY26"),
        (date(2025, 7, 1), By.YEAR, 7, "FY26"),
        (date(2025, 12, 1), By.QUARTER, 12, "Q1 FY26"),
    ],
)
def test_a_fiscal_year_is_called_by_the_year_it_ends_in(day: date, by: By, starts: int, name: str) -> None:
    assert fiscal_name(day, by, starts) == name
