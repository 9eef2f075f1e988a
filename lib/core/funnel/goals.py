"""A month's goal: how far it is, and what a week of it comes to."""

import math
from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.arrays import NEVER, Instants
from lib.core.funnel.differences import weekly_dispersion
from lib.core.funnel.rhythm import rhythm
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import Verdict
from lib.core.statistics.weeks import Dispersion
from lib.core.time.clock import day_of, day_start
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


YOUNG_DAYS = 1.0
"""A month of which less than so many average days have passed has no pace yet."""


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """A month's goal and how far it is.

    Days are average ones: a Monday counts for as many of them as Mondays brought more than a day on average over the
    last 26 weeks, a holiday as a Sunday (`lib.core.funnel.rhythm`). Parts of days are included. `varied` is how much
    the weeks before the month did.
    """

    month: date
    metric: str
    target: float
    reached: int
    elapsed_days: float
    left_days: float
    varied: Dispersion | None

    @property
    def attainment(self) -> float | None:
        """Reached ÷ target, None for a target of nothing."""
        return self.reached / self.target if self.target else None

    @property
    def pace_per_day(self) -> float | None:
        """What a day has brought so far; None before anything was to be expected of the month."""
        return self.reached / self.elapsed_days if self.elapsed_days else None

    @property
    def needed_per_day(self) -> float | None:
        """What each day left must bring to reach the target; 0 when it is reached, None when no time is left."""
        missing = max(self.target - self.reached, 0.0)
        return missing / self.left_days if self.left_days else 0.0 if not missing else None

    @property
    def expected(self) -> float | None:
        """What the month brings at the pace so far; None within its first day, which says too little."""
        if self.elapsed_days < YOUNG_DAYS:
            return None
        return self.reached / self.elapsed_days * (self.elapsed_days + self.left_days)

    @property
    def margin(self) -> float | None:
        """Half of the forecast's 95 % interval: the days left vary, and so did those the pace is from."""
        from scipy import stats

        if self.expected is None or self.varied is None:
            return None
        left = self.left_days / self.elapsed_days
        error = math.sqrt(self.varied.ratio * max(self.reached, 1) * left * (1 + left))
        return float(stats.t.ppf(0.975, self.varied.weeks - 1)) * error

    @property
    def verdict(self) -> Verdict:
        """HIGHER where the whole interval of what is to be expected reaches the target, LOWER where none of it does."""
        if self.expected is None or self.margin is None:
            return Verdict.TOO_FEW
        if self.expected - self.margin >= self.target:
            return Verdict.HIGHER
        return Verdict.LOWER if self.expected + self.margin < self.target else Verdict.NOISE


def goal_progress(
    handoffs: Handoffs, metric: str, targets: Mapping[date, float], zone: ZoneInfo, holidays: Collection[date]
) -> GoalProgress | None:
    """The goal of the month `as_of` lies in, None where it has none.

    `metric` is `mql` (handed over), `sal` (accepted) or `sql`, in the month;
    `targets` are by the first day of the month. Leads drawn below the line count for no goal.
    """
    month = day_of(handoffs.as_of, zone).replace(day=1)
    if month not in targets:
        return None
    after = (month + timedelta(days=32)).replace(day=1)
    start, end = day_start(month, zone), day_start(after, zone)
    instants = counted(handoffs, metric)
    reached = int(((instants >= start) & (instants < end)).sum())
    weekly = rhythm(instants, handoffs.as_of, zone, holidays)
    elapsed, left = weekly.days(start, handoffs.as_of), weekly.days(handoffs.as_of, end)
    everything = np.zeros(len(instants), dtype=np.int64)
    (varied,) = weekly_dispersion(instants, everything, 1, handoffs.mqls(), Window(month, after, zone.key))
    return GoalProgress(month, metric, targets[month], reached, elapsed, left, varied)


def counted(handoffs: Handoffs, metric: str) -> Instants:
    """When each hand-off counted for a goal's metric (`mql`, `sal`, `sql`), NEVER where it did not."""
    of = handoffs.mqls()
    return {
        "mql": of.mql_at,
        "sal": np.where(of.accepted, of.decided_at, NEVER),
        "sql": of.sql_at,
    }[metric]
