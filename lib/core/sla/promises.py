"""The promise between the teams: within which working time, on whose calendar, for which leads."""

from dataclasses import dataclass
from datetime import date

from lib.core.definition.criteria import FieldMatch
from lib.core.time.clock import MONDAY
from lib.core.time.window import Window

DEFAULT_CALENDAR = "default"
"""The calendar of a rep without one, and of an owner who is no rep."""

Interval = tuple[int, int]
"""Working minutes of a day, [start, end) from local midnight; an end after 1440 lies on the next day."""


@dataclass(frozen=True, slots=True)
class Holidays:
    """The dates on which no interval starts: a country's, those `also` listed, less those `excepted`."""

    country: str | None = None
    subdivision: str | None = None
    also: tuple[date, ...] = ()
    excepted: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a team works: the intervals of each weekday in local time, Monday first.

    Intervals of one day are sorted, none is empty, and none overlaps another of
    the same day; one that runs past midnight may overlap the next day's, and
    counts once.
    """

    name: str
    time_zone: str
    hours: tuple[tuple[Interval, ...], ...]
    holidays: Holidays = Holidays()


@dataclass(frozen=True, slots=True)
class Promise:
    """Working minutes within which a hand-off is answered; `when` is None for every lead."""

    within_minutes: int
    when: FieldMatch | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The calendars and promises in force, and how reports divide time: the time zone (IANA) their days begin in, the
    weekday their weeks begin on (0: Monday), the month their fiscal years begin in.

    Of the promises for a decision, or for the first touch, the first that
    matches the handoff's lead applies. There is always a default calendar.
    """

    time_zone: str
    calendars: tuple[Calendar, ...]
    decision: tuple[Promise, ...] = ()
    first_touch: tuple[Promise, ...] = ()
    week_starts: int = MONDAY
    fiscal_year_starts: int = 1

    def window(self, start: date, end: date) -> Window:
        """The days from `start` up to, not including, `end`, as reports divide them."""
        return Window(start, end, self.time_zone, self.week_starts, self.fiscal_year_starts)

    def calendar_of(self, named: str | None) -> Calendar:
        """The calendar that a rep names; the default one where none, or one that there is not, is named."""
        by_name = {calendar.name: calendar for calendar in self.calendars}
        return by_name.get((named or "").strip(), by_name[DEFAULT_CALENDAR])

    def calendar(self, name: str) -> Calendar:
        """The calendar of that name; KeyError when there is none."""
        for calendar in self.calendars:
            if calendar.name == name:
                return calendar
        raise KeyError(name)
