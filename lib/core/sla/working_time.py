"""Working time between instants on a team's calendar, and the instant by which so much of it has passed.

A calendar is laid out once over the years that are asked about: absolute working
intervals, disjoint and in order, with the working time before each. Elapsed time
and deadlines are then two binary searches each, for any number of instants at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants, Mask
from lib.core.errors import Fault, Refused
from lib.core.sla.promises import Calendar, Holidays
from lib.core.time.clock import MICROSECONDS, day_of, to_microseconds

Microseconds = npt.NDArray[np.int64]
"""Durations."""

HOUR = 3600 * MICROSECONDS
MINUTE = 60 * MICROSECONDS

FIRST_YEAR, LAST_YEAR = 2, 9998
"""The years of UTC a calendar can be laid out for: dates end one year further, and zones need a day."""

REACH_YEARS = 400
"""A deadline lies at most so long after the last start: the longest promise on a calendar of an hour a week."""

CALENDARS_KEPT = 64


class CalendarTooShort(Refused):
    """An instant or a deadline lies outside the years a calendar can be laid out for."""


@dataclass(frozen=True, eq=False)
class Timeline:
    """A calendar laid out over whole years of UTC: k disjoint intervals in order, shapes (k,).

    `opens` and `closes` are instants; `before` and `through` are the working time
    from the beginning of the years to each. The first interval is empty, and lies
    before everything: there is always one at or before an instant.
    """

    opens: Instants
    closes: Instants
    before: Microseconds
    through: Microseconds

    def position(self, instants: Instants) -> Microseconds:
        """The working time from the beginning of the years to each instant."""
        at = self.opens.searchsorted(instants, side="right") - 1
        worked: Microseconds = np.minimum(instants + (self.before - self.opens)[at], self.through[at])
        return worked

    def earliest(self, positions: Microseconds) -> Instants:
        """The earliest instant with that much working time before it."""
        at = self.through.searchsorted(positions, side="left")
        return positions + (self.opens - self.before)[at]


def elapsed(calendar: Calendar, start: Instants, end: Instants) -> Microseconds:
    """Working time from each `start` to its `end`; shape (n,), never negative.

    What ends before it starts took 0. Raises CalendarTooShort for an instant
    outside the years 2 to 9998.
    """
    if not start.size:
        return np.zeros(0, dtype=np.int64)
    line = _timeline_over(calendar, min(_least(start), _least(end)), max(_most(start), _most(end)))
    passed: Microseconds = np.maximum(line.position(end) - line.position(start), 0)
    return passed


def deadlines(calendar: Calendar, start: Instants, within: Microseconds | int) -> Instants:
    """The earliest instant at which `within` has been worked since each `start`; shape (n,).

    That of no working time at all is the start itself. Raises CalendarTooShort
    where the calendar does not hold so much working time in the 400 years after
    the last start, or up to the year 9998.
    """
    if not start.size:
        return np.zeros(0, dtype=np.int64)
    first, last = _year(calendar, _least(start)), _year(calendar, _most(start))
    farthest = min(last + REACH_YEARS, LAST_YEAR)
    # Most promises end within the year after; only for others is the calendar laid out again.
    last = min(last + 1, farthest)
    while True:
        line = timeline(calendar, first, last)
        target = line.position(start) + within
        if _most(target) <= line.through[-1]:
            return np.maximum(line.earliest(target), start)
        if last == farthest:
            raise CalendarTooShort(
                Fault(
                    f"calendar '{calendar.name}'",
                    f"it does not hold {_most(np.asarray(within)) / HOUR:,.10g} hours of working time "
                    f"up to the year {last}",
                    "Give it working hours, or promise less.",
                )
            )
        last = min(last + max(1, last - first), farthest)


def openings(calendar: Calendar, start: int, until: int) -> Instants:
    """When work begins on each working day from an instant up to and with another, in order; on the first not before
    `start` (all microseconds).

    A working day is one on which an interval starts; one whose last interval has ended by `start` is over.
    """
    zone = ZoneInfo(calendar.time_zone)
    # An interval may run on into the next day.
    day, last = day_of(start, zone) - timedelta(days=1), day_of(until, zone)
    off = days_off(calendar.holidays, day.year, last.year)
    found = []
    while day <= last:
        hours = calendar.hours[day.weekday()] if day not in off else ()
        if hours:
            midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
            opens, closes = (
                to_microseconds(midnight + timedelta(minutes=at)) for at in (hours[0][0], max(end for _, end in hours))
            )
            if closes > start and max(opens, start) <= until:
                found.append(max(opens, start))
        day += timedelta(days=1)
    return np.array(found, dtype=np.int64)


def at_work(calendar: Calendar, instants: Instants) -> Mask:
    """Whether each instant lies in an interval of the calendar, its end not included; shape (n,)."""
    if not instants.size:
        return np.zeros(0, dtype=np.bool_)
    line = _timeline_over(calendar, _least(instants), _most(instants))
    return np.asarray(instants < line.closes[line.opens.searchsorted(instants, side="right") - 1])


def _timeline_over(calendar: Calendar, first: int, last: int) -> Timeline:
    return timeline(calendar, _year(calendar, first), _year(calendar, last))


def _least(values: npt.NDArray[np.int64]) -> int:
    return int(values.min())


def _most(values: npt.NDArray[np.int64]) -> int:
    return int(values.max())


def _year(calendar: Calendar, instant: int) -> int:
    year = int(np.datetime64(instant, "us").astype("datetime64[Y]").astype(np.int64)) + 1970
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarTooShort(
            Fault(
                f"calendar '{calendar.name}'",
                f"an instant lies in the year {year}",
                f"Working time is known from the year {FIRST_YEAR} to {LAST_YEAR}: correct the date.",
            )
        )
    return year


@lru_cache(maxsize=CALENDARS_KEPT)
def timeline(calendar: Calendar, first_year: int, last_year: int) -> Timeline:
    """The calendar laid out from the beginning of `first_year` to the end of `last_year`, both in UTC."""
    opens, closes = _disjoint(*_edges(calendar, first_year, last_year))
    # Two intervals at most reach into the years from outside; what they add before them is in every difference twice.
    opens = np.concatenate([[np.iinfo(np.int64).min // 2], opens])
    closes = np.concatenate([opens[:1], closes])
    through = np.cumsum(closes - opens)
    before = through - (closes - opens)
    for array in (opens, closes, before, through):
        array.flags.writeable = False
    return Timeline(opens, closes, before, through)


def _edges(calendar: Calendar, first_year: int, last_year: int) -> tuple[Instants, Instants]:
    """Where every interval opens and closes, day after day, as the local times say."""
    zone = ZoneInfo(calendar.time_zone)
    hours = [[(timedelta(minutes=start), timedelta(minutes=end)) for start, end in day] for day in calendar.hours]
    off = days_off(calendar.holidays, first_year - 1, last_year + 1)
    # Wall clock and fold 0 throughout: of an edge's local time that comes twice this is the first, and at
    # one that does not exist the offset before the change.
    edges = [
        (to_microseconds(midnight + start), to_microseconds(midnight + end))
        for day in _days(first_year, last_year)
        if day not in off and hours[day.weekday()]
        for midnight in (datetime(day.year, day.month, day.day, tzinfo=zone),)
        for start, end in hours[day.weekday()]
    ]
    both = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _days(first_year: int, last_year: int) -> Iterator[date]:
    # An interval may run on for a day, and a zone is never more than a day from UTC.
    first, last = date(first_year, 1, 1).toordinal() - 3, date(last_year, 12, 31).toordinal() + 1
    return map(date.fromordinal, range(first, last + 1))


def days_off(listed: Holidays, first_year: int, last_year: int) -> frozenset[date]:
    """The dates on which no interval starts."""
    official: Iterable[date] = ()
    if listed.country is not None:
        import holidays  # For calendars that ask for a country's.

        years = range(first_year, last_year + 1)
        official = holidays.country_holidays(listed.country, subdiv=listed.subdivision, years=years)
    return frozenset(official).union(listed.also).difference(listed.excepted)


def _disjoint(opens: Instants, closes: Instants) -> tuple[Instants, Instants]:
    """The same working time without overlaps, in order; what closes before it opens (a clock change) is nothing."""
    real = closes > opens
    order = np.argsort(opens[real], kind="stable")
    opens, closes = opens[real][order], np.maximum.accumulate(closes[real][order])
    begins = np.ones(len(opens), dtype=np.bool_)
    begins[1:] = opens[1:] > closes[:-1]
    ends = np.ones(len(opens), dtype=np.bool_)
    ends[:-1] = begins[1:]
    return opens[begins], closes[ends]
