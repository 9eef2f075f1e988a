"""How sales would keep its promise under a draft, and what would become of the backlog."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants
from lib.core.handoffs.reps import Rep
from lib.core.replay.preview import ReplayedSide
from lib.core.sla.clocks import NO_PROMISE
from lib.core.sla.promises import Policy
from lib.core.sla.queueing import SEED, Pace, queue, run_queues
from lib.core.sla.working_time import HOUR, Microseconds
from lib.core.statistics.rates import ENOUGH
from lib.core.time.window import Window

RUNS, FEWEST_RUNS, DRAWS = 200, 50, 5_000_000
"""Whole repetitions of the replay, each with a pace drawn anew; fewer where there are more hand-offs to draw for."""


@dataclass(frozen=True, slots=True)
class Answering:
    """How sales would keep its promise of a decision under a draft.

    `attainment` is the share decided in time of the `promised` hand-offs, with the
    interval of 95 % of all runs; None where nobody takes up any, nothing is promised, or
    fewer than 10 decisions show anybody's pace. `backlog` is who waits to be taken up at the
    end of each whole week, and `growth_per_week` the slope of the straight line through it
    (least squares), None below two weeks. The queue is empty when the window begins.
    """

    threshold: int
    promised: int
    attainment: float | None
    low95: float | None
    high95: float | None
    backlog: tuple[int, ...]
    growth_per_week: float | None


def would_be_handoffs(side: ReplayedSide) -> tuple[npt.NDArray[np.int64], Instants]:
    """The leads a definition hands over in the window, first or again: rows of the history, and when; in that order."""
    first, again = np.flatnonzero(side.in_window), side.again.at_threshold(side.definition.threshold)
    rows = np.concatenate([first, side.again.lead[again]])
    at = np.concatenate([side.replayed.qualified_at[first], side.again.at[again]])
    order = np.argsort(at, kind="stable")
    return rows[order], at[order]


def answering(
    threshold: int,
    arrived: Instants,
    promised: Microseconds,
    reps: Sequence[Rep],
    policy: Policy,
    pace: Pace,
    window: Window,
    as_of: int,
) -> Answering:
    """The would-be hand-offs of a threshold replayed through the reps.

    `arrived` (m,), in order, are the instants at which they are handed over, `promised` (m,) is
    what `promised_by_lead` says of each then.
    """
    served = queue(arrived, reps, policy)
    counted = np.flatnonzero(promised != NO_PROMISE)
    if served is None:
        return Answering(threshold, len(counted), None, None, None, (), None)
    ends = window.edges()[1:]
    whole = ends[(ends <= as_of) & (np.diff(window.edges()) > 6 * 24 * HOUR)]
    backlog = served.backlog(arrived, whole)
    growth = (
        float(np.polynomial.Polynomial.fit(np.arange(len(whole)), backlog, 1).convert().coef[-1])
        if len(whole) > 1
        else None
    )
    if not len(counted) or pace.decided < ENOUGH:
        return Answering(threshold, len(counted), None, None, None, tuple(backlog.tolist()), growth)
    pools = np.array([pace.pool_of(number) for number in range(len(reps))], dtype=np.int64)[served.rep[counted]]
    kept = np.zeros(min(max(DRAWS // len(counted), FEWEST_RUNS), RUNS), dtype=np.int64)
    run_queues(
        np.random.default_rng(SEED),
        promised[counted] - served.waited[counted],
        np.ascontiguousarray(pools[:, 0]),
        np.ascontiguousarray(pools[:, 1]),
        pace.needed,
        kept,
    )
    shares = kept / len(counted)
    low, high = np.quantile(shares, [0.025, 0.975])
    return Answering(
        threshold, len(counted), float(shares.mean()), float(low), float(high), tuple(backlog.tolist()), growth
    )
