"""The days looked at."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.arrays import Instants
from lib.core.time.clock import MONDAY, day_start, weeks_touching


@dataclass(frozen=True)
class Window:
    """The days from `start` up to, not including, `end`, in the reporting time zone.

    Its weeks begin on the weekday `week_starts` (0: Monday), its fiscal years in the month `year_starts`.
    """

    start: date
    end: date
    zone: str
    week_starts: int = MONDAY
    year_starts: int = 1

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a window must end after it starts, got {self.start} to {self.end}")

    def days(self, start: date, end: date) -> "Window":
        """Other days, divided in the same way."""
        return replace(self, start=start, end=end)

    @property
    def weeks(self) -> list[date]:
        """The first days of every week that touches the window."""
        return weeks_touching(self.start, self.end, self.week_starts)

    @property
    def last_day(self) -> date:
        """The last day that still counts."""
        return self.end - timedelta(days=1)

    @property
    def length_weeks(self) -> float:
        """How many weeks long the window is, parts of weeks included."""
        return (self.end - self.start).days / 7

    def edges(self) -> Instants:
        """The instants the weeks begin at, cut to the window, and its end; shape (weeks + 1,)."""
        zone = ZoneInfo(self.zone)
        days = [self.start, *self.weeks[1:], self.end]
        return np.array([day_start(day, zone) for day in days], dtype=np.int64)
