"""Why what sales had accepted, or never decided, was lost: by reason, with what it was worth."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lib.core.folding import fold
from lib.core.handoffs.handoffs import Handoffs, Outcome
from lib.core.time.periods import By, periods
from lib.core.time.window import Window


@dataclass(frozen=True, slots=True)
class Loss:
    """A `lost` event: of which lead, when (microseconds since 1970 UTC), and why, None where it does not say."""

    lead_id: str
    at: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class LostFor:
    """So many hand-offs of a window lost for one reason (None: blank), and what those were worth whose amount is known.

    `unknown` of them have no amount.
    """

    reason: str | None
    handoffs: int
    amount: float
    unknown: int


def lost_for(handoffs: Handoffs, window: Window, losses: Iterable[Loss]) -> tuple[LostFor, ...]:
    """The hand-offs of a window whose outcome is that they were lost, by reason, the most frequent first.

    A hand-off's reason is that of its lead's last loss up to the instant it was lost: one known by its day alone may
    stand later on that day than its event. What was won after it was lost is not lost. Reasons spelt alike are
    one, shown as the first is.
    """
    by_lead: dict[str, list[Loss]] = {}
    for loss in losses:
        by_lead.setdefault(loss.lead_id, []).append(loss)
    for of_lead in by_lead.values():
        of_lead.sort(key=lambda one: one.at)
    inside = periods(window, By.WINDOW, handoffs.as_of).of(handoffs.mql_at) >= 0
    rows = np.flatnonzero((handoffs.outcome == Outcome.LOST) & inside)
    found: dict[str | None, list[float]] = {}
    shown: dict[str, str] = {}
    leads = handoffs.take(rows).lead_id.to_pylist()
    for row, lead_id in zip(rows.tolist(), leads, strict=True):
        before = by_lead.get(lead_id, [])
        place = bisect_right(before, int(handoffs.lost_at[row]), key=lambda one: one.at)
        said = before[place - 1].reason if place else None
        reason = None if said is None else shown.setdefault(fold(said), said)
        found.setdefault(reason, []).append(float(handoffs.amount[row]))
    listed = [
        LostFor(reason, len(amounts), round(float(np.nansum(amounts)), 4), int(np.isnan(amounts).sum()))
        for reason, amounts in found.items()
    ]
    return tuple(sorted(listed, key=lambda one: (-one.handoffs, -one.amount, one.reason is None, one.reason or "")))
