"""What sales really made of the leads of a window, and how much of it a definition would have handed over."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants, Mask, Real
from lib.core.handoffs.choosing import lead_rows
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import History
from lib.core.replay.preview import ReplayedSide
from lib.core.time.window import Window


class Furthest(IntEnum):
    """How far sales brought a lead; the number is what `Made.furthest` holds."""

    NOT_HANDED_OVER = 0
    OPEN = 1
    CLOSED = 2
    REJECTED = 3
    ACCEPTED = 4
    SQL = 5
    WON = 6


@dataclass(frozen=True, slots=True)
class Worth:
    """Some leads: how many sales accepted, how many became SQLs, how many were won, and for how much."""

    accepted: int
    sql: int
    won: int
    won_amount: float


@dataclass(frozen=True, slots=True)
class Recall:
    """The shares of what was accepted, became SQLs, was won, and of the amount won; None where there was none."""

    accepted: float | None
    sql: float | None
    won: float | None
    won_amount: float | None


@dataclass(frozen=True, eq=False)
class Made:
    """What sales made of each of n leads by their hand-offs of one window; shapes (n,).

    `furthest` holds `Furthest`s, the most that any of them came to, `won_amount` what those won were worth together.
    """

    furthest: npt.NDArray[np.int8]
    won_amount: Real

    def worth(self, among: Mask) -> Worth:
        """Of some leads (n,)."""
        accepted, sql, won = (
            int(np.count_nonzero(among & (self.furthest >= stage)))
            for stage in (Furthest.ACCEPTED, Furthest.SQL, Furthest.WON)
        )
        return Worth(accepted, sql, won, float(self.won_amount[among].sum()))

    def recall(self, handed_over: Mask) -> Recall:
        """The share of it all that lies with those handed over (n,)."""
        of, all_of_it = self.worth(handed_over), self.worth(np.ones(len(handed_over), dtype=np.bool_))
        return Recall(
            _share(of.accepted, all_of_it.accepted),
            _share(of.sql, all_of_it.sql),
            _share(of.won, all_of_it.won),
            _share(of.won_amount, all_of_it.won_amount),
        )


def made_of(handoffs: Handoffs, history: History, customer_since: Instants, window: Window) -> Made:
    """What became, as of the hand-offs' instant, of the leads handed over within the window.

    Hand-offs of those who were customers by then (`customer_since`, (n,)) are left out: no definition is to bring them.
    """
    edges, lead = window.edges(), lead_rows(handoffs, history)
    counted = (handoffs.mql_at >= edges[0]) & (handoffs.mql_at < edges[-1]) & (handoffs.mql_at < customer_since[lead])
    won = handoffs.won_at != NEVER
    stage = np.select(
        [won, handoffs.sql_at != NEVER, handoffs.accepted, handoffs.rejected, handoffs.closed],
        [Furthest.WON, Furthest.SQL, Furthest.ACCEPTED, Furthest.REJECTED, Furthest.CLOSED],
        Furthest.OPEN,
    ).astype(np.int8)
    furthest = np.zeros(history.leads, dtype=np.int8)
    np.maximum.at(furthest, lead[counted], stage[counted])
    of_won = np.where(won & ~np.isnan(handoffs.amount), handoffs.amount, 0.0)[counted]
    won_amount = np.zeros(history.leads)
    np.add.at(won_amount, lead[counted], of_won)
    return Made(furthest, won_amount)


def handed_over_by(side: ReplayedSide) -> Mask:
    """Which leads a definition hands over in its window, for the first time or again; shape (n,)."""
    handed_over = side.in_window.copy()
    handed_over[side.again.lead[side.again.at_threshold(side.definition.threshold)]] = True
    return handed_over


def recall_in_words(recall: Recall, against: Recall) -> str:
    """How much of what sales accepted and won in the window a draft hands over, beside what it is set against."""
    told = [
        f"{share * 100:.0f} % of {what} (against {other * 100:.0f} %)"
        for what, share, other in (
            ("the leads it accepted", recall.accepted, against.accepted),
            ("those that became SQLs", recall.sql, against.sql),
            ("those won", recall.won, against.won),
            ("the amount won", recall.won_amount, against.won_amount),
        )
        if share is not None and other is not None
    ]
    if not told:
        return "Sales accepted nobody who was handed over in the window."
    return f"Of what sales really made of the window's hand-offs the draft hands over {', '.join(told)}."


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
