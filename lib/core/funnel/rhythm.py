"""The rhythm of a week: what each of its days, and each hour of them, brings, so that parts of months compare."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants
from lib.core.statistics.weeks import WEEKS_THAT_TELL
from lib.core.time.clock import day_of, day_start, default_window

SUNDAY = 6


@dataclass(frozen=True, eq=False)
class Rhythm:
    """What a day of each weekday (Monday first) brings, as a multiple of an average day of the week.

    A holiday brings what a Sunday does. `hours` are the times of day, as shares of it, at which something happened,
    ascending; empty where nobody knows: then a day's parts are alike.
    """

    weekdays: tuple[float, ...]
    hours: npt.NDArray[np.float64]
    holidays: frozenset[date]
    zone: ZoneInfo

    def days(self, start: int, end: int) -> float:
        """How many average days lie from one instant to another (microseconds), parts of days included."""
        return self._since(day_of(start, self.zone), end) - self._since(day_of(start, self.zone), start)

    def by_day(self, days: Collection[date]) -> tuple[float, ...]:
        """How many average days consecutive days come to by the end of each; shape (days,)."""
        return tuple(np.cumsum([self.of(day) for day in days]).tolist())

    def of(self, day: date) -> float:
        """What one day brings, in average days."""
        return self.weekdays[SUNDAY if day in self.holidays else day.weekday()]

    def _since(self, first: date, instant: int) -> float:
        """The average days from the beginning of a day to an instant."""
        last = day_of(instant, self.zone)
        whole = sum(self.of(first + timedelta(days=n)) for n in range((last - first).days))
        begins, ends = day_start(last, self.zone), day_start(last + timedelta(days=1), self.zone)
        part = (instant - begins) / (ends - begins)
        passed = float(np.searchsorted(self.hours, part) / len(self.hours)) if len(self.hours) else part
        return whole + self.of(last) * passed


def rhythm(instants: Instants, as_of: int, zone: ZoneInfo, holidays: Collection[date]) -> Rhythm:
    """What the last 26 whole weeks up to `as_of` say of some instants (any shape, NEVER for what has not happened).

    Weeks before the first of them do not count; with fewer than 8 left, or none of the instants in them, all days are
    alike.
    """
    first, after = default_window(as_of, zone)
    began = int(instants.min(initial=NEVER))
    while first < after and day_start(first, zone) < began:
        first += timedelta(weeks=1)
    days = [first + timedelta(days=n) for n in range((after - first).days + 1)]
    edges = np.array([day_start(day, zone) for day in days], dtype=np.int64)
    inside = instants[(instants >= edges[0]) & (instants < edges[-1])]
    off = frozenset(holidays)
    if (after - first).days < 7 * WEEKS_THAT_TELL or not len(inside):
        return Rhythm((1.0,) * 7, np.zeros(0), off, zone)
    day = np.searchsorted(edges, inside, side="right") - 1
    kind = np.array([SUNDAY if one in off else one.weekday() for one in days[:-1]])
    # Every whole week has a Sunday; a weekday that was a holiday each time has never been seen at work.
    seen = np.maximum(np.bincount(kind, minlength=7), 1)
    brought = np.bincount(kind[day], minlength=7) / seen
    weekdays = brought / brought.mean()
    hours = np.sort((inside - edges[day]) / np.diff(edges)[day])
    return Rhythm(tuple(weekdays.tolist()), hours, off, zone)
