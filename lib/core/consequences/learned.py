"""What is learned from first hand-offs, once for data and criteria, never for points: a fit a stage, its standing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lib.core.arrays import Mask, Real
from lib.core.consequences.calibration import (
    LOWERED_FROM,
    REFUSED_BELOW,
    UNKNOWN_ABOVE,
    drawn_check,
    owners_differing,
    unanswered,
    unanswered_of,
    why_refused,
)
from lib.core.consequences.decisions import FirstHandoffs
from lib.core.consequences.expected import Method, Standing
from lib.core.consequences.fitting import Fitted, fitted, moved_p_value
from lib.core.consequences.known import Stage
from lib.core.statistics.penalised import sandwich
from lib.core.statistics.rates import ENOUGH

DECIDED_AT_LEAST, OF_EITHER_AT_LEAST, WON_AT_LEAST = 100, 20, 30

RESAMPLES = 400
SEED = 20_261_129


@dataclass(frozen=True, eq=False)
class Model:
    """A stage's log odds as a sum over columns (p,), and how far the coefficients may be off.

    `inverse` and `robust` (p, p) are their variance by the priors and by how leads really differed. `rejected` (p,)
    is the fit with everybody who waits too long rejected; None where they are few. `today` is the month after the last
    of the rows.
    """

    coefficients: Real
    inverse: Real
    robust: Real
    rejected: Real | None
    today: int


@dataclass(frozen=True, eq=False)
class Resampled:
    """Leads drawn anew, so many times: the coefficients' `shift` (times, p), and the mean `amount` won (times,)."""

    shift: Real
    mean_amount: float
    amount: Real


@dataclass(frozen=True, eq=False)
class StageLearned:
    """One stage: its fit where there is enough for one, and whether it may be believed (`method` MODEL).

    `now` is the fit behind what is said of today, None where acceptance did not move.
    `seldom_had` and `seldom_lacked` (criteria,) are those that too few of the rows had, or lacked, to say anything of
    leads that have them, or lack them.
    """

    method: Method
    standing: Standing
    model: Model | None
    now: Model | None
    seldom_had: Mask
    seldom_lacked: Mask


@dataclass(frozen=True, eq=False)
class Learned:
    """All that a draft is judged by. `wins` are drawn anew; those learned from were worth `won_amount`."""

    first: FirstHandoffs
    stages: Mapping[Stage, StageLearned]
    wins: Resampled | None
    won_amount: float | None


def learned(first: FirstHandoffs, stages: Sequence[Stage], thresholds: Mapping[int, int]) -> Learned:
    """What the first hand-offs say of some stages; `thresholds` of the agreed versions by number."""
    amounts = first.amounts()[first.rows_of(Stage.WON)]
    known = amounts[~np.isnan(amounts)]
    of_stages: dict[Stage, StageLearned] = {}
    wins = None
    for stage in stages:
        of_stages[stage], of = _of_stage(first, stage, dict(thresholds))
        if stage is Stage.WON and of is not None and of_stages[stage].method is Method.MODEL and len(known):
            wins = _resampled(of, amounts)
    return Learned(first, of_stages, wins, float(known.sum()) if len(known) else None)


def _of_stage(first: FirstHandoffs, stage: Stage, thresholds: dict[int, int]) -> tuple[StageLearned, Fitted | None]:
    rows = first.rows_of(stage)
    came = first.came(stage)[rows]
    met = (first.times[rows] > 0).sum(axis=0)
    had, lacked = met < ENOUGH, len(came) - met < ENOUGH
    decided, reached = len(came), int(came.sum())
    enough = decided >= DECIDED_AT_LEAST and min(reached, decided - reached) >= OF_EITHER_AT_LEAST
    if stage is Stage.WON:
        enough = enough and reached >= WON_AT_LEAST
    is_answer = stage is Stage.ACCEPTED
    unseen = tuple(one.id for one, few in zip(first.columns.criteria, had | lacked, strict=True) if few)
    if not enough:
        waiting = unanswered_of(None, first)
        standing = Standing(decided, reached, (), False, waiting, None, (), (), unseen)
        return StageLearned(Method.TOO_FEW, standing, None, None, had, lacked), None
    of = fitted(first.columns, first.times[rows], first.month[rows], came)
    waiting = unanswered_of(of if is_answer else None, first)
    standing = Standing(
        decided=decided,
        reached=reached,
        why=why_refused(of, first, rows, thresholds),
        moved=moved_p_value(of, first.month[rows]) < REFUSED_BELOW,
        unanswered=waiting,
        drawn_check=drawn_check(of, first, rows) if is_answer else None,
        owners_differ=owners_differing(of, first, rows) if is_answer else (),
        pairs=tuple(first.columns.name(first.columns.further[n]) for n in of.entered),
        not_observed=unseen,
    )
    method = Method.REFUSED if standing.why else Method.MODEL
    if is_answer and waiting.share > UNKNOWN_ABOVE:
        method = Method.UNANSWERED
    lowered = is_answer and waiting.share >= LOWERED_FROM
    today = int(first.month[rows].max()) + 1
    now = of.with_free_months() if standing.moved else None
    model, of_now = (
        None if one is None else _model(one, today, _all_rejected(one, first) if lowered else None) for one in (of, now)
    )
    return StageLearned(method, standing, model, of_now, had, lacked), of


def _model(of: Fitted, today: int, rejected: Real | None) -> Model:
    found = of.found
    return Model(found.coefficients, found.inverse, sandwich(found), rejected, today)


def _all_rejected(of: Fitted, first: FirstHandoffs) -> Real:
    """The coefficients with every overdue hand-off rejected, by the same columns and priors."""
    _, overdue = unanswered(first)
    rows = first.decided | overdue
    return of.refitted(first.times[rows], first.month[rows], first.came(Stage.ACCEPTED)[rows]).coefficients


def _resampled(of: Fitted, amounts: Real) -> Resampled:
    """Leads drawn anew by one step of the fit from where it is, with the priors' share; and what wins were worth."""
    rng = np.random.default_rng(SEED)
    found, known = of.found, ~np.isnan(amounts)
    surprise = of.rows.came - found.chance[of.rows.group]
    along = np.empty((RESAMPLES, len(found.chance)))
    mean = np.empty(RESAMPLES)
    for n in range(RESAMPLES):
        times = rng.poisson(1.0, len(amounts)).astype(np.float64)
        along[n] = np.bincount(of.rows.group, (times - 1.0) * surprise, minlength=len(found.chance))
        mean[n] = times[known] @ amounts[known] / max(float(times[known].sum()), 1.0)
    prior = rng.normal(size=(RESAMPLES, len(found.precision))) * np.sqrt(found.precision)
    shift = (along @ found.of.design + prior) @ found.inverse
    return Resampled(shift, float(amounts[known].mean()), mean)
