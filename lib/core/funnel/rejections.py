"""Why sales rejects, by reason and by criterion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from lib.core.funnel.cohorts import cohorts
from lib.core.funnel.differences import ACCEPTANCE_FAMILIES
from lib.core.handoffs.choosing import in_group
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import (
    Comparison,
    Rate,
    compared,
    rates,
)
from lib.core.time.periods import By
from lib.core.time.window import Window


@dataclass(frozen=True, slots=True)
class Rejections:
    """How many hand-offs of a period were rejected for one reason (None: blank), of all its rejected ones."""

    period: date
    reason: str | None
    handoffs: int
    of_rejected: Rate


def rejections(handoffs: Handoffs, window: Window, by: By = By.WINDOW) -> tuple[Rejections, ...]:
    """The rejected hand-offs of a window's cohorts by period and reason, the most frequent reason first."""
    rejected = handoffs.take(handoffs.rejected)
    by_reason = cohorts(rejected, window, by, rejected.reason)
    totals: dict[date, int] = {}
    for cohort in by_reason:
        totals[cohort.period] = totals.get(cohort.period, 0) + cohort.handoffs
    shares = rates([cohort.handoffs for cohort in by_reason], [totals[cohort.period] for cohort in by_reason])
    found = [
        Rejections(cohort.period, cohort.group, cohort.handoffs, share)
        for cohort, share in zip(by_reason, shares, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.period, -one.handoffs, one.reason is None, one.reason)))


@dataclass(frozen=True, slots=True)
class CriterionInDecisions:
    """How often rejected leads had points of a criterion at hand-over, and how often accepted ones.

    `comparison.rate` is of the rejected, `comparison.other` of the accepted;
    `rejected_points` and `accepted_points` are the mean points it gave to those, faded.
    `times_as_often` is None where it cannot be said.
    """

    criterion_id: str
    comparison: Comparison
    rejected_points: float
    accepted_points: float

    @property
    def times_as_often(self) -> float | None:
        rejected, accepted = self.comparison.rate.share, self.comparison.other.share
        return rejected / accepted if rejected is not None and accepted else None


def criteria_in_decisions(
    handoffs: Handoffs, criteria: Sequence[str], points: npt.NDArray[np.float64]
) -> tuple[CriterionInDecisions, ...]:
    """Which criteria rejected leads owe their score to, and how much more often than accepted ones.

    `points` (h, criteria) are those of `lib.core.replay.replay.contributions` as of each
    `mql_at`. In the order of the criteria; corrected for all of them, and for what else their page tests.
    """
    earned = points != 0.0
    rejected, accepted = handoffs.rejected, handoffs.accepted
    ours = rates(earned[rejected].sum(axis=0), np.full(len(criteria), rejected.sum()))
    theirs = rates(earned[accepted].sum(axis=0), np.full(len(criteria), accepted.sum()))
    compare = compared(ours, theirs, ACCEPTANCE_FAMILIES)
    return tuple(
        CriterionInDecisions(
            criterion_id, comparison, _mean(points[rejected, n]), _mean(points[accepted, n])
        )
        for n, (criterion_id, comparison) in enumerate(zip(criteria, compare, strict=True))
    )  # fmt: skip


def criteria_by_reason(
    handoffs: Handoffs, criteria: Sequence[str], points: npt.NDArray[np.float64]
) -> Mapping[str | None, tuple[Rate, ...]]:
    """For each reason, the share of the leads rejected for it that had points of each criterion."""
    earned = points != 0.0
    found: dict[str | None, tuple[Rate, ...]] = {}
    for reason in [*handoffs.reason.values.to_pylist(), None]:
        mask = handoffs.rejected & in_group(handoffs.reason, reason)
        if mask.any():
            found[reason] = rates(earned[mask].sum(axis=0), np.full(len(criteria), mask.sum()))
    return found


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0
