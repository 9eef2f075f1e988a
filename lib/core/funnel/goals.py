"""A month's goal: how far it is, and what a week of it comes to."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.arrays import NEVER
from lib.core.handoffs.handoffs import Handoffs
from lib.core.time.clock import MICROSECONDS, day_of, day_start
from lib.core.time.window import Window


def goal_per_week(targets: Mapping[date, float], window: Window) -> float | None:
    """The months' targets spread evenly over their days, a week of the window; None unless every day has one.

    `targets` are by the first day of the month.
    """
    days = [window.start + timedelta(days=n) for n in range((window.end - window.start).days)]
    months = [day.replace(day=1) for day in days]
    if any(month not in targets for month in months):
        return None
    return sum(targets[month] / monthrange(month.year, month.month)[1] for month in months) / window.length_weeks


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """A month's goal and how far it is: days are calendar days, parts of them included."""

    month: date
    metric: str
    target: float
    reached: int
    elapsed_days: float
    left_days: float

    @property
    def attainment(self) -> float | None:
        """Reached ÷ target, None for a target of nothing."""
        return self.reached / self.target if self.target else None

    @property
    def pace_per_day(self) -> float | None:
        """What a day has brought so far; None at the month's first instant."""
        return self.reached / self.elapsed_days if self.elapsed_days else None

    @property
    def needed_per_day(self) -> float | None:
        """What each day left must bring to reach the target; 0 when it is reached, None when no time is left."""
        missing = max(self.target - self.reached, 0.0)
        return missing / self.left_days if self.left_days else 0.0 if not missing else None

    @property
    def expected(self) -> float:
        """What the month brings at the pace so far."""
        return self.reached + (self.pace_per_day or 0.0) * self.left_days


def goal_progress(
    handoffs: Handoffs, metric: str, targets: Mapping[date, float], zone: ZoneInfo
) -> GoalProgress | None:
    """The goal of the month `as_of` lies in, None where it has none.

    `metric` is `mql` (handed over), `sal` (accepted) or `sql`, in the month;
    `targets` are by the first day of the month. Leads drawn below the line count for no goal.
    """
    handoffs = handoffs.mqls()
    month = day_of(handoffs.as_of, zone).replace(day=1)
    if month not in targets:
        return None
    after = (month + timedelta(days=32)).replace(day=1)
    start, end = day_start(month, zone), day_start(after, zone)
    instants = {
        "mql": handoffs.mql_at,
        "sal": np.where(handoffs.accepted, handoffs.decided_at, NEVER),
        "sql": handoffs.sql_at,
    }[metric]
    reached = int(((instants >= start) & (instants < end)).sum())
    day = 86_400 * MICROSECONDS
    return GoalProgress(
        month, metric, targets[month], reached, (handoffs.as_of - start) / day, (end - handoffs.as_of) / day
    )
