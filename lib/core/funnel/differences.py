"""Which differences between groups, scores and weeks are real, and which are noise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Column, Instants, Mask
from lib.core.funnel.cohorts import Cohort, cohorts
from lib.core.handoffs.choosing import BAND_POINTS, Group, group_of, score_bands
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import (
    Comparison,
    Rate,
    Separation,
    Verdict,
    compared_with_rest,
    holm,
    rates,
    separation,
    two_counts,
    two_proportions,
    verdict,
)
from lib.core.time.clock import MICROSECONDS_PER_DAY
from lib.core.time.periods import By, periods
from lib.core.time.window import Window

CLOSING_DAYS = 90
"""An SQL younger than this has not had its time to close."""


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """A group's hand-offs, and its acceptance (of decided) against all other groups together."""

    cohort: Cohort
    comparison: Comparison


def standings(handoffs: Handoffs, window: Window, group: Column) -> tuple[GroupStanding, ...]:
    """How often sales accepts each group's leads, in the order of the column's values."""
    found = cohorts(handoffs, window, By.WINDOW, group)
    accepted = [cohort.accepted for cohort in found]
    compare = compared_with_rest(accepted, [cohort.accepted + cohort.rejected for cohort in found])
    return tuple(GroupStanding(cohort, comparison) for cohort, comparison in zip(found, compare, strict=True))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Acceptance by score at hand-over, and how well the score tells accepted from rejected leads."""

    bands: tuple[GroupStanding, ...]
    separation: Separation


def calibration(handoffs: Handoffs, window: Window, points: int = BAND_POINTS) -> Calibration:
    """Does a higher score mean more acceptance? Bands of so many points, the lowest first."""
    inside = handoffs.take(periods(window, By.WINDOW, handoffs.as_of).of(handoffs.mql_at) >= 0)
    return Calibration(
        standings(inside, window, score_bands(inside, points)),
        separation(inside.score[inside.accepted], inside.score[inside.rejected]),
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """How many of a group's SQLs that had their time were won, against the other groups' together.

    `comparison.verdict` LOWER says that its SQLs do not close.
    """

    group: str | None
    comparison: Comparison


def closing(handoffs: Handoffs, window: Window, group: Column, days: int = CLOSING_DAYS) -> tuple[Closing, ...]:
    """Which groups' SQLs do not close: won ÷ SQLs of the window's hand-offs, of SQLs at least so many days old.

    The lowest share first, groups with too little to say last.
    """
    old_enough = handoffs.sql_at <= handoffs.as_of - days * MICROSECONDS_PER_DAY
    found = cohorts(handoffs.take(old_enough), window, By.WINDOW, _of(group, old_enough))
    compare = compared_with_rest([cohort.won for cohort in found], [cohort.sql for cohort in found])
    listed = [Closing(cohort.group, comparison) for cohort, comparison in zip(found, compare, strict=True)]
    shares = {id(one): one.comparison.rate.share for one in listed}
    return tuple(sorted(listed, key=lambda one: (shares[id(one)] is None, shares[id(one)] or 0.0)))


def _of(column: Column, mask: Mask) -> Column:
    return Column(column.codes[mask], column.values)


class Metric(StrEnum):
    """What can have changed from one period to the next."""

    MQL = "mql"
    ACCEPTANCE = "acceptance"
    SQL = "sql"
    WON = "won"


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric of two periods, of everything (`grouping` None) or of one group.

    `before` and `after` are counts, or rates for ACCEPTANCE (accepted ÷ decided, by
    the instant of the decision). The verdict is corrected for all changes looked at.
    """

    metric: Metric
    grouping: Group | None
    group: str | None
    before: int | Rate
    after: int | Rate
    p_value: float | None
    verdict: Verdict


def changes(
    handoffs: Handoffs,
    before: Window,
    after: Window,
    groupings: Sequence[Group] = (Group.CHANNEL, Group.SOURCE, Group.OWNER),
) -> tuple[MetricChange, ...]:
    """What changed: every metric of everything first, then the groups whose volume or acceptance really did.

    A count is tested as two Poisson counts, each over as much of its window as has
    passed.
    """
    whole = list(_changes(handoffs, before, after, None, None, tuple(Metric)))
    of_groups = [
        change
        for grouping in groupings
        for change in _changes(
            handoffs, before, after, grouping, group_of(handoffs, grouping), (Metric.MQL, Metric.ACCEPTANCE)
        )
    ]
    corrected = holm([change.p_value for change in (*whole, *of_groups)])
    judged = [_judged(change, p) for change, p in zip((*whole, *of_groups), corrected, strict=True)]
    real = [one for one in judged[len(whole) :] if one.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    return (*judged[: len(whole)], *sorted(real, key=lambda one: one.p_value or 0.0))


def _changes(
    handoffs: Handoffs,
    before: Window,
    after: Window,
    grouping: Group | None,
    column: Column | None,
    metrics: Sequence[Metric],
) -> Iterable[MetricChange]:
    names = [None] if column is None else [*column.values.to_pylist(), None]
    codes = np.zeros(len(handoffs), np.int64) if column is None else column.codes % len(names)
    both = [periods(window, By.WINDOW, handoffs.as_of) for window in (before, after)]
    lasted = [float(min(one.edges[-1], handoffs.as_of) - one.edges[0]) for one in both]

    def counts(instants: Instants, mask: Mask) -> list[npt.NDArray[np.int64]]:
        """In each window, by group."""
        return [np.bincount(codes[mask & (one.of(instants) >= 0)], minlength=len(names)) for one in both]

    every = np.ones(len(handoffs), dtype=np.bool_)
    for metric in metrics:
        if metric is Metric.ACCEPTANCE:
            accepted, decided = counts(handoffs.decided_at, handoffs.accepted), counts(handoffs.decided_at, every)
            earlier, later = (rates(k, n) for k, n in zip(accepted, decided, strict=True))
            for name, was, became in zip(names, earlier, later, strict=True):
                yield MetricChange(metric, grouping, name, was, became, two_proportions(became, was), Verdict.TOO_FEW)
        else:
            old, new = counts(getattr(handoffs, f"{metric}_at"), every)
            for name, had, has in zip(names, old.tolist(), new.tolist(), strict=True):
                p = two_counts(has, had, lasted[1] / sum(lasted)) if min(lasted) > 0 else None
                yield MetricChange(metric, grouping, name, had, has, p, Verdict.TOO_FEW)


def _judged(change: MetricChange, p_value: float | None) -> MetricChange:
    was, became = ((one.share or 0.0) if isinstance(one, Rate) else float(one) for one in (change.before, change.after))
    return MetricChange(
        change.metric,
        change.grouping,
        change.group,
        change.before,
        change.after,
        p_value,
        verdict(p_value, became - was),
    )
