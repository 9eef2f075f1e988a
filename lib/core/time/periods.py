"""The periods of a window: weeks, months, quarters, fiscal years, or the window itself."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants
from lib.core.time.clock import day_start, week_of
from lib.core.time.window import Window


class By(StrEnum):
    """What one period is; a window as a whole is one of its own."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WINDOW = "window"


@dataclass(frozen=True, eq=False)
class Periods:
    """The p periods that touch a window and have begun by the instant looked at, cut to the window.

    `edges` (p + 1,) are where each begins and the last one ends, inside the
    window; `ends` (p,) where each ends by the calendar; `partial` says which the window cuts.
    """

    first_days: tuple[date, ...]
    edges: Instants
    ends: Instants
    partial: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.first_days)

    def of(self, instants: Instants) -> npt.NDArray[np.int64]:
        """The number of the period each instant lies in, -1 where it lies in none."""
        number = np.searchsorted(self.edges, instants, side="right") - 1
        return np.where(number < len(self), number, -1)


def periods(window: Window, by: By, as_of: int) -> Periods:
    """The window's weeks, months, quarters or fiscal years, or the window itself, in the reporting time zone."""
    zone = ZoneInfo(window.zone)
    days = _first_days(window, by)
    starts = [day_start(day, zone) for day in days]
    begun = [n for n, start in enumerate(starts[:-1]) if max(start, day_start(window.start, zone)) <= as_of]
    kept = starts[: len(begun) + 1] if begun else [day_start(window.start, zone)]
    return Periods(
        first_days=tuple(days[n] for n in begun),
        edges=np.clip(kept, day_start(window.start, zone), day_start(window.end, zone)).astype(np.int64),
        ends=np.array(kept[1:], dtype=np.int64),
        partial=tuple(days[n] < window.start or days[n + 1] > window.end for n in begun),
    )


def _first_days(window: Window, by: By) -> list[date]:
    """The first days of the periods, and the day after the last one."""
    if by is By.WINDOW:
        return [window.start, window.end]
    days = [period_of(window.start, by, window)]
    while days[-1] < window.end:
        days.append(period_after(days[-1], by))
    return days


MONTHS = {By.MONTH: 1, By.QUARTER: 3, By.YEAR: 12}
"""How many months each of these has."""


def period_of(day: date, by: By, divided: Window) -> date:
    """The first day of the week, month, quarter or fiscal year a day lies in, as a window is divided."""
    if by is By.WEEK:
        return week_of(day, divided.week_starts)
    # A fiscal year begins in a month of this year or of the one before.
    into = (day.month - divided.year_starts) % 12 % MONTHS[by]
    year, month = divmod(day.year * 12 + day.month - 1 - into, 12)
    return date(year, month + 1, 1)


def period_after(first_day: date, by: By) -> date:
    """The first day of the period after the one of that first day."""
    if by is By.WEEK:
        return first_day + timedelta(weeks=1)
    year, month = divmod(first_day.year * 12 + first_day.month - 1 + MONTHS[by], 12)
    return date(year, month + 1, 1)


def fiscal_name(first_day: date, by: By, year_starts: int) -> str:
    """A quarter or fiscal year in short, by its first day: `Q1 FY26`, `FY26`; `Q1 2026`, `2026` of calendar years.

    A fiscal year is called by the year it ends in.
    """
    quarter = (first_day.month - year_starts) % 12 // 3 + 1
    ends = first_day.year + (first_day.month >= year_starts > 1)
    year = f"{ends}" if year_starts == 1 else f"FY{ends % 100:02}"
    return f"Q{quarter} {year}" if by is By.QUARTER else year
