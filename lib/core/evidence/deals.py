"""What those who bought had done before they bought, and where we met them, as compared with those who did not.

A deal is a hand-off that was won or lost; what its lead did counts up to the instant it was. Differences are tested
like all others here: two-proportion tests, corrected for as many as can be made (Holm).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Column
from lib.core.definition.criteria import ActivityMatch, TextTest
from lib.core.evidence.candidates import deeds
from lib.core.evidence.criteria import Judged
from lib.core.leads.history import History
from lib.core.statistics.rates import Comparison, Rate, compared, rates

DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Trait:
    """Something some deals have in common; `comparison.rate` is of the won deals, `comparison.other` of the lost."""

    label: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Deals:
    """The deals of a window's hand-offs: what their leads did, and their channels and sources.

    Each list begins with what won deals have most more often. `won_days` and `lost_days` are the median days from
    the lead's creation to the end; None without any.
    """

    won: int
    lost: int
    won_days: float | None
    lost_days: float | None
    deeds: tuple[Trait, ...]
    channels: tuple[Trait, ...]
    sources: tuple[Trait, ...]


def deals(history: History, of: Judged) -> Deals:
    """What was ahead of won deals, and of lost ones."""
    handoffs = of.handoffs
    won = handoffs.won_at != NEVER
    closed = np.flatnonzero(handoffs.accepted & (won | (handoffs.lost_at != NEVER)))
    won = won[closed]
    ended = np.where(won, handoffs.won_at[closed], handoffs.lost_at[closed])
    done = deeds(history, of.lead[closed], ended)
    together = done.sums(np.column_stack([won, ~won]).astype(np.float64)).astype(np.int64)
    days = (ended - history.created_at[of.lead[closed]]) / DAY
    return Deals(
        won=int(won.sum()),
        lost=int((~won).sum()),
        won_days=_median(days[won]),
        lost_days=_median(days[~won]),
        deeds=_traits([_label(match) for match in done.matches], together, won),
        channels=_of_column(handoffs.channel, closed, won),
        sources=_of_column(handoffs.source, closed, won),
    )


def _median(days: npt.NDArray[np.float64]) -> float | None:
    return float(median(days.tolist())) if len(days) else None


def _label(match: object) -> str:
    """The deed in a few words, what it was about first: "/pricing (page view)"."""
    assert isinstance(match, ActivityMatch)  # noqa: S101  (for mypy)
    kind = match.condition.kinds[0].replace("_", " ")
    for test in match.condition.subject:
        assert isinstance(test, TextTest)  # noqa: S101  (for mypy)
        return f"{test.operands[0]} ({kind})"
    return f"{kind[:1].upper()}{kind[1:]}"


def _of_column(column: Column, closed: npt.NDArray[np.int64], won: npt.NDArray[np.bool_]) -> tuple[Trait, ...]:
    """How many of either have each value; the blank is none."""
    codes = column.codes[closed]
    counts = [np.bincount(codes[side & (codes >= 0)], minlength=len(column.values)) for side in (won, ~won)]
    together = np.column_stack(counts)
    shown = np.flatnonzero(together.sum(axis=1))
    return _traits([column.values[n].as_py() for n in shown.tolist()], together[shown], won)


def _traits(labels: Sequence[str], together: npt.NDArray[np.int64], won: npt.NDArray[np.bool_]) -> tuple[Trait, ...]:
    """`together` (traits, 2) counts the won and the lost deals that have each."""
    ours = rates(together[:, 0], np.full(len(labels), won.sum()))
    theirs = rates(together[:, 1], np.full(len(labels), (~won).sum()))
    found = [Trait(label, one) for label, one in zip(labels, compared(ours, theirs, families=1), strict=True)]
    return tuple(sorted(found, key=lambda one: -_apart(one.comparison.rate, one.comparison.other)))


def _apart(one: Rate, other: Rate) -> float:
    return (one.share or 0.0) - (other.share or 0.0)
