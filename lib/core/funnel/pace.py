"""How far a period has come, and how far the one before it had come by then."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.arrays import Instants
from lib.core.funnel.rhythm import Rhythm
from lib.core.time.clock import day_of, day_start
from lib.core.time.periods import By, period_of
from lib.core.time.window import Window


@dataclass(frozen=True, slots=True)
class GoalPace:
    """What happened in the period an instant lies in, and in the whole period before it.

    `period` and `before` are first days; `by_then` is what the one before had after
    as much time, at most its whole. `share` is the part of both times that is the period's, in average days: so many
    of all are to be expected in it where nothing changed.
    """

    period: date
    before: date
    so_far: int
    by_then: int
    in_all: int
    share: float

    @property
    def ahead(self) -> int:
        """How many more than by then."""
        return self.so_far - self.by_then


def pace(instants: Instants, as_of: int, by: By, weekly: Rhythm, divided: Window) -> GoalPace:
    """How many of some instants (any shape, NEVER for what has not happened) lie in the period of `as_of`.

    What happens at `as_of` itself counts, in both periods. `weekly` is the instants' rhythm, in whose zone days begin;
    periods are as a window is `divided`.
    """
    zone = weekly.zone
    today = day_of(as_of, zone)
    period = period_of(today, by, divided)
    before = period_of(period - timedelta(days=1), by, divided)
    start, start_before = day_start(period, zone), day_start(before, zone)
    then = start_before + (as_of - start)
    of_before = (instants >= start_before) & (instants < start)
    elapsed, as_long = weekly.days(start, as_of), weekly.days(start_before, min(then, start))
    return GoalPace(
        period,
        before,
        so_far=int(((instants >= start) & (instants <= as_of)).sum()),
        by_then=int((of_before & (instants <= then)).sum()),
        in_all=int(of_before.sum()),
        share=elapsed / (elapsed + as_long) if elapsed + as_long else 0.5,
    )


def month_by_day(instants: Instants, as_of: int, zone: ZoneInfo) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """The days of the month `as_of` lies in, and how many of the instants it had had by the end of each.

    The counts stop with the day of `as_of`, which counts up to that instant.
    """
    today = day_of(as_of, zone)
    first = today.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    days = tuple(first + timedelta(days=n) for n in range((after - first).days))
    ends = [day_start(day + timedelta(days=1), zone) for day in days[: today.day]]
    inside = np.sort(instants[(instants >= day_start(first, zone)) & (instants <= as_of)])
    return days, tuple(np.searchsorted(inside, ends, side="left").tolist())
