"""Whether a comparison of owners is fair, and whether answers look made for the clock.

Owners are compared within strata: hand-offs that arrived at the same hour of the
owner's day, after as many others. What the strata say together is Mantel and Haenszel's
common odds ratio (1959), its interval their test's (Miettinen 1976) and Robins, Breslow and Greenland's (1986),
as statsmodels has them. Bursts before a deadline are a bunching estimate (Saez 2010):
how many answers there are beside the deadline, against how many the time before it leads to expect.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.sla.attainment import SlaGroup, by_name, group_of
from lib.core.sla.clocks import Answer, ClockState, Responses, by_calendar
from lib.core.sla.promises import Calendar
from lib.core.sla.working_time import HOUR, at_work, deadlines
from lib.core.statistics.rates import (
    ENOUGH,
    SIGNIFICANCE,
    Comparison,
    Rate,
    Verdict,
    compared_with_rest,
    holm,
    rate,
    two_counts,
    verdict,
)

if TYPE_CHECKING:
    from statsmodels.stats.contingency_tables import StratifiedTable

HOURS_A_BAND = 2
"""Arrivals within working time are alike when they come in the same two hours of the day."""

LONG_WAIT = 24 * HOUR
"""Those outside of it, when work begins within a day for both, or for neither."""

LOAD_EDGES = (2, 4, 7)
"""So many others within a day before part light, usual, heavy and very heavy load."""

BURST_PART, BEFORE_PARTS = 0.05, 4
"""The last twentieth of the promised time is set against the four before it."""

FAMILIES = 3
"""What the page tests of owners, of decisions or of first touches: attainment, bursts and silence."""

AT_ONE = 1e-6
"""A ratio nearer to 1 than this has no side."""

QUIET_DAYS = 14
"""A lead accepted longer ago than this has something happen to it."""


# Owners, fairly compared.


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An owner's attainment as counted (`raw`), and as it would be (`share`) had the others' arrivals been the owner's.

    The verdict is about `share` beside `rest`, what the others kept. That every owner's share lies
    within `low95` to `high95`, and that what the page says of bursts and silence is no chance either, holds with 95 %.
    These and `share` are None where there is too little to compare, or no other owner in the same strata.
    """

    owner: str | None
    raw: Rate
    rest: Rate
    share: float | None
    low95: float | None
    high95: float | None
    verdict: Verdict


def adjusted_attainment(responses: Responses, answer: Answer = Answer.DECISION) -> tuple[Adjusted, ...]:
    """Every owner's attainment after accounting for arrival hour and load, by name and those without owner last."""
    clock = responses.clock(answer)
    met = clock.among(ClockState.MET)
    judged = clock.among(ClockState.MET, ClockState.BREACHED, ClockState.OVERDUE)
    _, stratum = np.unique(strata(responses), return_inverse=True)
    owners = [(name, rows[judged[rows]]) for name, rows in by_name(group_of(responses, SlaGroup.OWNER))]
    owners = [(name, rows) for name, rows in owners if rows.size]
    if not owners:
        return ()
    # Met and not by owner and stratum, shape (2, owners, strata): everybody's less the owner's are the others'.
    counted = np.array([[_counted(stratum, rows[outcome[rows]]) for _, rows in owners] for outcome in (met, ~met)])
    everybody = counted.sum(axis=1)
    tables = [_tables(ours, everybody - ours) for ours in counted.transpose(1, 0, 2)]
    compared = sum(table.size > 0 for table in tables)
    return tuple(
        _adjusted(name, _kept(ours), _kept(everybody - ours), table, compared)
        for (name, _), ours, table in zip(owners, counted.transpose(1, 0, 2), tables, strict=True)
    )


def strata(responses: Responses) -> npt.NDArray[np.int64]:
    """When in the owner's day each hand-off came, and after how many others; alike are equal; shape (h,).

    Load is what came in, not what still lay there: a backlog of one's own is no excuse.
    """
    return _arrival(responses) * (len(LOAD_EDGES) + 1) + np.searchsorted(LOAD_EDGES, load(responses), side="right")


def load(responses: Responses) -> npt.NDArray[np.int64]:
    """How many other hand-offs the same owner was given in the 24 hours before each; shape (h,)."""
    before = np.zeros(len(responses), dtype=np.int64)
    for _, rows in by_name(group_of(responses, SlaGroup.OWNER)):
        at = np.sort(responses.started_at[rows])
        mine = responses.started_at[rows]
        before[rows] = at.searchsorted(mine) - at.searchsorted(mine - 24 * HOUR)
    return before


def _arrival(responses: Responses) -> npt.NDArray[np.int64]:
    """The band of the day within working time; after those, waits of less and of more than a day for work to begin."""

    def bands(of: Calendar, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        at = responses.started_at[rows]
        hour = pd.to_datetime(at, unit="us", utc=True).tz_convert(of.time_zone).hour.to_numpy()
        waits = deadlines(of, at, 1) - at > LONG_WAIT
        return np.where(at_work(of, at), hour // HOURS_A_BAND, 24 + waits)

    return by_calendar(responses.policy, responses.calendar, bands)


def _counted(stratum: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many of the rows are in each stratum; shape (strata,)."""
    return np.bincount(stratum[rows], minlength=int(stratum.max()) + 1)


def _kept(met_or_not: npt.NDArray[np.int64]) -> Rate:
    met, broken = met_or_not.sum(axis=1).tolist()
    return rate(met, met + broken)


def _tables(ours: npt.NDArray[np.int64], theirs: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Met and not, of ours and theirs, in each stratum that compares the two; shape (2, 2, k), k = 0 where too few.

    `ours` and `theirs` are (2, strata), met and not.
    """
    tables = np.array([ours, theirs], dtype=np.float64)
    informative = tables.sum(axis=0).all(axis=0) & tables.sum(axis=1).all(axis=0)
    if int(ours.sum()) < ENOUGH or not informative.any():
        return np.zeros((2, 2, 0))
    # Half a hand-off of each keeps the ratio finite for an owner who kept, or broke, every promise.
    return np.concatenate([tables[:, :, informative], np.full((2, 2, 1), 0.5)], axis=2)


def _adjusted(name: str | None, raw: Rate, rest: Rate, tables: npt.NDArray[np.float64], compared: int) -> Adjusted:
    if not tables.size:
        return Adjusted(name, raw, rest, None, None, None, Verdict.TOO_FEW)
    from statsmodels.stats.contingency_tables import StratifiedTable  # A second to load, for those who need it.

    common = StratifiedTable(tables)
    low, high = _interval(common, SIGNIFICANCE / (compared * FAMILIES))
    odds = (rest.successes + 0.5) / (rest.trials - rest.successes + 0.5)
    share, low95, high95 = (float(ratio * odds / (1 + ratio * odds)) for ratio in (common.oddsratio_pooled, low, high))
    said = Verdict.HIGHER if low > 1 else Verdict.LOWER if high < 1 else Verdict.NOISE
    return Adjusted(name, raw, rest, share, low95, high95, said)


def _interval(common: "StratifiedTable", alpha: float) -> tuple[float, float]:
    """The common odds ratio's interval; its end towards 1 is where Mantel and Haenszel's own test puts it.

    The other is Robins, Breslow and Greenland's, which alone never excludes 1 for an owner who kept every promise.
    """
    low, high = (float(end) for end in common.oddsratio_pooled_confint(alpha=alpha))
    ratio = math.log(common.oddsratio_pooled)
    distance = math.sqrt(float(common.test_null_odds(correction=False).statistic))
    if distance < AT_ONE or abs(ratio) < AT_ONE:
        return low, high
    end = math.exp(ratio * (1 - NormalDist().inv_cdf(1 - alpha / 2) / distance))
    return (end, high) if ratio > 0 else (low, end)


# Answers made for the clock.


@dataclass(frozen=True, eq=False)
class Traces:
    """What else the events say of each of h hand-offs; shapes (h,), NEVER for what has not happened.

    `contact_at` is the first touch that reached the lead (`detail.contact`),
    `attempts` how many touches there were. `next_at` is the first thing that happened after the decision:
    a further event of the cycle, or a conversation.
    """

    contact_at: Instants
    attempts: npt.NDArray[np.int64]
    next_at: Instants

    @property
    def attempted(self) -> Mask:
        return np.asarray(self.attempts > 0)

    @property
    def reached(self) -> Mask:
        return np.asarray(self.contact_at != NEVER)


@dataclass(frozen=True, slots=True)
class Burst:
    """An owner's answers in the last twentieth of the promised time, and how many the four before it lead to expect.

    `verdict` is HIGHER where so many more are no chance, all owners considered.
    """

    owner: str | None
    at_the_last: int
    expected: float
    verdict: Verdict


def bursts(responses: Responses, answer: Answer = Answer.DECISION) -> tuple[Burst, ...]:
    """For every owner, whether answers gather just before the deadline; by name, those without owner last."""
    clock = responses.clock(answer)
    timed = clock.among(ClockState.MET) & clock.exact & (clock.time > 0)
    used = np.where(timed, clock.time / np.maximum(clock.promised, 1), 0.0)
    last = used > 1 - BURST_PART
    before = (used > 1 - BURST_PART * (1 + BEFORE_PARTS)) & ~last
    counted = [
        (name, int(last[rows].sum()), int(before[rows].sum()))
        for name, rows in by_name(group_of(responses, SlaGroup.OWNER))
    ]
    p_values = holm([two_counts(late, sooner, 1 / (1 + BEFORE_PARTS)) for _, late, sooner in counted], FAMILIES)
    return tuple(
        Burst(name, late, sooner / BEFORE_PARTS, verdict(p, late - sooner / BEFORE_PARTS))
        for (name, late, sooner), p in zip(counted, p_values, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Silence:
    """Of an owner's leads accepted more than two weeks ago, those nothing has happened to since, beside the rest's."""

    owner: str | None
    compared: Comparison


def silences(responses: Responses, traces: Traces) -> tuple[Silence, ...]:
    """For every owner, of how many accepted leads nothing came: HIGHER where of more than others', beyond chance."""
    handoffs = responses.handoffs
    ripe = handoffs.accepted & (handoffs.decided_at <= handoffs.as_of - QUIET_DAYS * 24 * HOUR)
    silent = ripe & (traces.next_at == NEVER)
    owners = [(name, rows[ripe[rows]]) for name, rows in by_name(group_of(responses, SlaGroup.OWNER))]
    counts = [int(silent[rows].sum()) for _, rows in owners], [len(rows) for _, rows in owners]
    compared = compared_with_rest(*counts, FAMILIES)
    return tuple(Silence(name, one) for (name, _), one in zip(owners, compared, strict=True))
