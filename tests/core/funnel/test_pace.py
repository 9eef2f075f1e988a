"""A week or month so far is set against as much of the one before it."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lib.core.arrays import NEVER, Instants
from lib.core.funnel.pace import month_by_day, pace
from lib.core.funnel.rhythm import Rhythm
from lib.core.time.clock import parse_instant
from lib.core.time.periods import By
from lib.core.time.window import Window

MADRID = ZoneInfo("Europe/Madrid")
DAYS = Window(date(2026, 3, 2), date(2026, 3, 9), "Europe/Madrid")
EVEN = Rhythm((1.0,) * 7, np.zeros(0), frozenset(), MADRID)


def at(*texts: str) -> Instants:
    return np.array([parse_instant(text, MADRID) for text in texts], dtype=np.int64)


def test_a_week_is_set_against_the_week_before_by_the_same_time() -> None:
    handed_over = at("2026-03-02T09:00Z", "2026-03-04T12:00Z", "2026-03-06T09:00Z", "2026-03-09T09:00Z")

    found = pace(handed_over, int(at("2026-03-11T11:59Z")[0]), By.WEEK, EVEN, DAYS)

    assert (found.period, found.before) == (date(2026, 3, 9), date(2026, 3, 2))
    assert (found.so_far, found.by_then, found.in_all) == (1, 1, 3)
    assert found.ahead == 0


def test_what_happened_exactly_as_far_into_the_week_before_counts() -> None:
    handed_over = at("2026-03-04T12:00Z", "2026-03-04T12:00:00.000001Z")

    found = pace(handed_over, int(at("2026-03-11T12:00Z")[0]), By.WEEK, EVEN, DAYS)

    assert (found.by_then, found.in_all) == (1, 2)


def test_what_is_later_than_the_instant_looked_at_does_not_count() -> None:
    as_of = int(at("2026-03-11T12:00Z")[0])

    found = pace(np.array([as_of, as_of + 1, NEVER]), as_of, By.WEEK, EVEN, DAYS)

    assert found.so_far == 1


def test_a_week_begins_on_monday_in_the_reporting_time_zone() -> None:
    handed_over = at("2026-03-08T22:59:59Z", "2026-03-08T23:00Z")

    found = pace(handed_over, int(at("2026-03-09T08:00Z")[0]), By.WEEK, EVEN, DAYS)

    assert (found.so_far, found.in_all) == (1, 1)


@pytest.mark.parametrize(("last_day", "expected"), [("2026-02-28T22:59Z", 1), ("2026-02-28T23:00Z", 0)])
def test_a_month_longer_than_the_one_before_is_set_against_the_whole_of_it(last_day: str, expected: int) -> None:
    found = pace(at(last_day), int(at("2026-03-31T12:00Z")[0]), By.MONTH, EVEN, DAYS)

    assert (found.by_then, found.in_all) == (expected, expected)


def test_the_month_before_january_is_the_december_of_the_year_before() -> None:
    found = pace(at("2025-12-10", "2026-01-02"), int(at("2026-01-05")[0]), By.MONTH, EVEN, DAYS)

    assert (found.period, found.before) == (date(2026, 1, 1), date(2025, 12, 1))
    assert (found.so_far, found.by_then, found.in_all) == (1, 0, 1)


def test_a_month_adds_up_day_by_day_as_far_as_it_has_come() -> None:
    handed_over = at("2026-02-28T22:59Z", "2026-02-28T23:00Z", "2026-03-01T22:59Z", "2026-03-01T23:00Z", "2026-03-03")

    days, reached = month_by_day(handed_over, int(at("2026-03-02T12:00Z")[0]), MADRID)

    assert (days[0], days[-1], len(days)) == (date(2026, 3, 1), date(2026, 3, 31), 31)
    assert reached == (2, 3)


def test_the_last_day_of_a_month_so_far_counts_up_to_the_instant_itself() -> None:
    as_of = int(at("2026-03-01T12:00Z")[0])

    _, reached = month_by_day(np.array([as_of, as_of + 1, NEVER]), as_of, MADRID)

    assert reached == (1,)


def test_two_working_days_set_against_a_weekend_are_to_bring_more() -> None:
    office = Rhythm((1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0), np.zeros(0), frozenset(), MADRID)

    # July 2026 begins on a Wednesday, August on a Saturday.
    found = pace(at("2026-07-01"), int(at("2026-08-04")[0]), By.MONTH, office, DAYS)

    # A Monday against a Wednesday, a Thursday and a Friday.
    assert found.share == pytest.approx(1 / 4)
