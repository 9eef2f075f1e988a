"""The working days after a start: who arrives, how many wait to be taken up, and how many are answered in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants, Mask
from lib.core.handoffs.reps import Rep
from lib.core.sla.clocks import NO_PROMISE
from lib.core.sla.promises import DEFAULT_CALENDAR, Policy
from lib.core.sla.queueing import Pace, queue
from lib.core.sla.working_time import Microseconds
from lib.core.statistics.rates import ENOUGH
from lib.core.time.clock import day_of


@dataclass(frozen=True, slots=True)
class DayAhead:
    """One working day: how many of the stock are handed over, how many others arrive up to the next one.

    `waiting` is who is not taken up when the next one begins, None where no rep takes up any. `in_time` is the share
    of the day's that is expected to be decided as promised, None where nothing is promised on them, or fewer than 10
    decisions show anybody's pace.
    """

    day: date
    of_stock: int
    others: int
    waiting: int | None
    in_time: float | None


def ahead(
    arrived: Instants,
    promised: Microseconds,
    of_stock: Mask,
    already: int,
    opens: Instants,
    reps: Sequence[Rep],
    policy: Policy,
    pace: Pace,
) -> tuple[DayAhead, ...]:
    """The working days that begin at `opens` (d + 1,), the last of which only ends the one before.

    `arrived` (m,) are hand-offs in any order, `promised` (m,) what sales promises on each, `of_stock` (m,) which come
    of the stock. They are taken up first come first served, after the `already` that wait when this begins, who are
    no day's.
    """
    order = np.argsort(arrived, kind="stable")
    arrived, promised, of_stock = arrived[order], promised[order], of_stock[order]
    # Who arrives before the first day begins is that day's.
    place = np.maximum(np.searchsorted(opens, arrived, side="right") - 1, 0)
    begins = min(int(opens[0]), int(arrived[0]) if len(arrived) else int(opens[0]))
    arrived = np.concatenate([np.full(already, begins, dtype=np.int64), arrived])
    promised = np.concatenate([np.full(already, NO_PROMISE, dtype=np.int64), promised])
    of_stock = np.concatenate([np.zeros(already, dtype=np.bool_), of_stock])
    place = np.concatenate([np.full(already, -1, dtype=np.int64), place])
    served = queue(arrived, reps, policy)
    waiting: list[int | None] = [None] * (len(opens) - 1)
    shares = np.full(len(arrived), np.nan)
    if served is not None:
        # Whoever arrives as the next day begins is that day's.
        waiting = [int(number) for number in served.backlog(arrived, opens[1:] - 1)]
        if pace.decided >= ENOUGH:
            shares = _in_time(promised, promised - served.waited, served.rep, pace)
    zone = ZoneInfo(policy.calendar(DEFAULT_CALENDAR).time_zone)
    return tuple(
        DayAhead(
            day_of(int(opens[number]), zone),
            int(np.count_nonzero((place == number) & of_stock)),
            int(np.count_nonzero((place == number) & ~of_stock)),
            waiting[number],
            _mean(shares[place == number]),
        )
        for number in range(len(opens) - 1)
    )


def _in_time(
    promised: Microseconds, left: Microseconds, rep: npt.NDArray[np.int64], pace: Pace
) -> npt.NDArray[np.float64]:
    """The share of the observed paces of each one's rep that fit into what is left; NaN where nothing is promised."""
    shares = np.full(len(left), np.nan)
    for number in np.unique(rep).tolist():
        first, many = pace.pool_of(number)
        pool = np.sort(pace.needed[first : first + many])
        rows = np.flatnonzero((rep == number) & (promised != NO_PROMISE))
        shares[rows] = np.searchsorted(pool, left[rows], side="right") / many
    return shares


def _mean(shares: npt.NDArray[np.float64]) -> float | None:
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if known.size else None
