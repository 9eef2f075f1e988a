"""Working time: a million intervals and deadlines, and beside them the loop over every second that products run."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.sla.promises import Calendar, Holidays
from lib.core.sla.working_time import HOUR, days_off, deadlines, elapsed, timeline
from lib.core.time.clock import MICROSECONDS, to_microseconds

INTERVALS = 1_000_000
LOOPED = 3
"""A loop over seconds takes a second for one interval: so few are run, and a million is those scaled."""

LONGEST_DAYS = 14
YEARS = 5
PROMISE = 4 * HOUR
TARGET_MILLISECONDS = 200.0
RUNS = 5

MORNING, AFTERNOON, FRIDAY = (9 * 60, 14 * 60), (15 * 60, 18 * 60), (9 * 60, 15 * 60)
MADRID = Calendar(
    "default",
    "Europe/Madrid",
    (*((MORNING, AFTERNOON),) * 4, (FRIDAY,), (), ()),
    Holidays("ES", "MD"),
)

Measured = tuple[str, float, float | None]


def run() -> list[Measured]:
    """Name, milliseconds and target of each; the loop has none, and its million is scaled, which its name says."""
    rng = np.random.default_rng(1)
    first = to_microseconds(datetime(2021, 1, 1, tzinfo=UTC))
    start = first + rng.integers(0, YEARS * 365 * 24 * HOUR, INTERVALS)
    end = start + rng.integers(0, LONGEST_DAYS * 24 * HOUR, INTERVALS)

    def from_nothing(measure: Callable[[], object]) -> float:
        timeline.cache_clear()
        return _milliseconds(measure)

    # Loads the library of holidays, which a process does once.
    elapsed(MADRID, start[:1], end[:1])
    passed = median(from_nothing(lambda: elapsed(MADRID, start, end)) for _ in range(RUNS))
    due = median(from_nothing(lambda: deadlines(MADRID, start, PROMISE)) for _ in range(RUNS))
    few = list(zip(start[:LOOPED].tolist(), end[:LOOPED].tolist(), strict=True))
    begun = time.perf_counter()
    counted = [_second_by_second(*interval) for interval in few]
    looped = (time.perf_counter() - begun) * 1000
    exact = elapsed(MADRID, start[:LOOPED], end[:LOOPED]) / MICROSECONDS
    # Both measure the same thing, or the comparison says nothing.
    assert np.allclose(counted, exact, atol=1.0), (counted, exact)
    return [
        (f"{INTERVALS:,} intervals, their calendar laid out anew", passed, TARGET_MILLISECONDS),
        (f"{INTERVALS:,} deadlines, their calendar laid out anew", due, TARGET_MILLISECONDS),
        (f"a loop over every second, {LOOPED} of the intervals", looped, None),
        (f"the same loop, {INTERVALS:,} intervals (those {LOOPED} scaled)", looped / LOOPED * INTERVALS, None),
    ]


def _second_by_second(start: int, end: int) -> int:
    """The working seconds between two instants as a loop counts them: is the team at work at this second?"""
    zone, off = ZoneInfo(MADRID.time_zone), days_off(MADRID.holidays, 2020, 2026)
    at, last = datetime.fromtimestamp(start // MICROSECONDS, UTC), datetime.fromtimestamp(end // MICROSECONDS, UTC)
    seconds = 0
    while at < last:
        shown = at.astimezone(zone)
        minute = shown.hour * 60 + shown.minute
        if shown.date() not in off and any(a <= minute < b for a, b in MADRID.hours[shown.weekday()]):
            seconds += 1
        at += timedelta(seconds=1)
    return seconds


def _milliseconds(measure: Callable[[], object]) -> float:
    begun = time.perf_counter()
    measure()
    return (time.perf_counter() - begun) * 1000
