"""Who was rejected with a high score and accepted with a low one: what a meeting reads to learn what points miss."""

from dataclasses import dataclass

import numpy as np

from lib.core.arrays import Whole
from lib.core.evidence.criteria import Judged
from lib.core.replay.replay import contributions

HIGH, LOW = 0.75, 0.25
"""A score is high from the upper quartile of the decided ones on, and low up to the lower."""

REASONS_AT_MOST = 3


@dataclass(frozen=True, eq=False)
class Surprises:
    """The hand-offs of a window that sales answered against their score; rows of what was judged.

    `rejected` begins with the highest score of at least `high`, `accepted` with the lowest of at most `low`; of equal
    scores the newest first. Both bounds are None where no decided hand-off has a score.
    """

    high: int | None
    low: int | None
    rejected: Whole
    accepted: Whole


def surprises(of: Judged) -> Surprises:
    """The two lists that are read together."""
    scored = of.decided & ~np.isnan(of.score)
    nobody = np.empty(0, dtype=np.int64)
    if not scored.any():
        return Surprises(None, None, nobody, nobody)
    low, high = (int(bound) for bound in np.quantile(of.score[scored], (LOW, HIGH), method="nearest"))
    rejected = np.flatnonzero(scored & ~of.accepted & (of.score >= high))
    accepted = np.flatnonzero(scored & of.accepted & (of.score <= low))
    at = of.handoffs.mql_at
    return Surprises(
        high,
        low,
        rejected[np.lexsort((-at[rejected], -of.score[rejected]))],
        accepted[np.lexsort((-at[accepted], of.score[accepted]))],
    )


def owed_to(of: Judged, rows: Whole) -> list[str]:
    """What each of some hand-offs owes its score to, the most points first: "Asked for a demo +24, Inbound +10"."""
    ids, points = contributions(of.hits, of.definition, of.lead[rows], np.ascontiguousarray(of.handoffs.mql_at[rows]))
    labels = [of.definition.criterion(criterion_id).label for criterion_id in ids]
    return [
        ", ".join(
            f"{labels[n]} " + f"{row[n]:+.0f}".replace("-", "−")
            for n in np.argsort(-np.abs(row), kind="stable")[:REASONS_AT_MOST].tolist()
            if abs(row[n]) >= 0.5
        )
        for row in points
    ]
