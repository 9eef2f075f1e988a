"""What sales' decisions so far say about any draft: every lead at its own instant, for every threshold at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import expit, logit

from lib.core.arrays import Instants, Mask, Real, Whole
from lib.core.consequences.bands import bands_as_seen
from lib.core.consequences.columns import TIMES, Columns
from lib.core.consequences.decisions import FirstHandoffs, criteria_of_both, first_handoffs
from lib.core.consequences.expected import Consequences, Method, OfStage, Shares, Worth
from lib.core.consequences.known import STAGES, Evidence, Stage, evidence
from lib.core.consequences.learned import Learned, Model, Resampled, StageLearned, learned
from lib.core.definition.criteria import Definition
from lib.core.handoffs.below_line import line_of
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.chunks import side_by_side
from lib.core.replay.earned import earned
from lib.core.replay.hits import HitIndex
from lib.core.replay.kernels import add_steps
from lib.core.replay.replay import Rises, last_looks, rises
from lib.core.statistics.regression import Z95
from lib.core.time.window import Window

OF_THE_LEADS = 0.05
"""How much of the leads' own chance counts beside what the coefficients do not know."""

NONE = -1

NEARLY = 1e-9
"""No share is closer to none and all."""


def foreseen(
    index: HitIndex,
    agreed: Definition,
    draft: Definition,
    handoffs: Handoffs,
    window: Window,
    thresholds: Mapping[int, int],
    customer_since: Instants,
) -> Consequences:
    """What is to be expected of the leads that the draft hands over in the window, at every threshold.

    `handoffs` are all of the index' history as of an instant, and nothing later counts. `agreed` is the definition in
    force then; `thresholds` are those of the agreed versions by number (`definition_version` of a hand-off; may be
    empty): sales saw a hand-off's score beside it. `customer_since` (n,) is NEVER for who is no customer.
    """
    first = first_handoffs(index, agreed, criteria_of_both(agreed, draft), handoffs)
    known = evidence(handoffs, index.history, line_of(index, agreed, handoffs, customer_since))
    return judged_by(index, draft, learned(first, STAGES, thresholds), known, window)


def judged_by(index: HitIndex, draft: Definition, by: Learned, known: Evidence, window: Window) -> Consequences:
    """The same, by what was learned before: it must be of the draft's criteria, whatever their points."""
    edges, hits = window.edges(), index.hits(draft)
    until = last_looks(draft, known.line.customer_since, by.first.as_of)
    risen = rises(hits, draft, as_of=until, start=int(edges[0]), end=int(edges[-1]))
    top = int(risen.score.max(initial=0))
    bands, drawn, unscored = bands_as_seen(hits, draft, known, risen.score)
    seen = _seen(index, by.first, risen, top)
    leads = risen.at_thresholds(np.zeros(len(risen.lead), dtype=np.int64), 1, top)[0]
    beyond = risen.at_thresholds(np.where(known.line.above[risen.lead], NONE, 0), 1, top)[0]
    found = side_by_side([partial(_of_stage, seen, of, leads) for of in by.stages.values()])
    stages = {stage: of_stage for stage, (of_stage, _) in zip(by.stages, found, strict=True)}
    won = dict(zip(by.stages, (sums for _, sums in found), strict=True)).get(Stage.WON)
    return Consequences(
        window=window,
        as_of=by.first.as_of,
        bands=bands,
        bands_drawn=drawn,
        unscored=unscored,
        leads=leads,
        beyond_agreed=beyond,
        stages=stages,
        worth=None if won is None or by.wins is None else _worth(won, by.wins),
        won_amount=by.won_amount,
    )


@dataclass(frozen=True, eq=False)
class _Seen:
    """The draft's rises as sales would see them: what they had earned, kind by kind, and in which month.

    `times` (k, criteria) and `design` (k, columns but for the months) are of each kind there is, `kind` and `month`
    (r,) of each rise.
    """

    risen: Rises
    top: int
    columns: Columns
    times: TIMES
    design: Real
    kind: Whole
    month: Whole

    def leads(self, among: Mask) -> Whole:
        """How many of some kinds (k,) qualify at each threshold; shape (top + 1,)."""
        row = np.where(among, 0, NONE)[self.kind]
        return np.asarray(self.risen.at_thresholds(row, 1, self.top)[0])


def _seen(index: HitIndex, first: FirstHandoffs, risen: Rises, top: int) -> _Seen:
    # Some time after they qualified, and nothing later than what is known.
    at = np.minimum(risen.at + first.delay, first.as_of)
    found = earned(index.hits(first.counted), first.counted, risen.lead, at)
    columns = first.columns
    return _Seen(risen, top, columns, found.times, columns.of_times(found.times), found.kind, columns.month_of(at))


@dataclass(frozen=True, eq=False)
class _Sums:
    """What a model says of the known leads at each threshold, added up; shapes (top + 1,), `gradient` by columns.

    `chance` is how many come to the stage, `lowered` how many fewer with everybody overdue rejected, `own` how much
    that number varies by itself.
    """

    chance: Real
    lowered: Real
    own: Real
    gradient: Real


def _of_stage(seen: _Seen, of: StageLearned, leads: Whole) -> tuple[OfStage, _Sums | None]:
    met = seen.times > 0
    known = np.asarray(~((met & of.seldom_had) | (~met & of.seldom_lacked)).any(axis=1))
    not_observed = np.zeros(len(leads), dtype=np.int64) if known.all() else seen.leads(~known)
    if of.model is None or of.method is not Method.MODEL:
        return OfStage(of.standing, of.method, not_observed, None, None), None
    said = _sums(seen, of.model, known, seen.month)
    today = None if of.now is None else _sums(seen, of.now, known, np.full_like(seen.month, of.now.today))
    shares = [
        None if sums is None or model is None else _shares(model, sums, leads - not_observed)
        for model, sums in ((of.model, said), (of.now, today))
    ]
    return OfStage(of.standing, of.method, not_observed, *shares), said


def _sums(seen: _Seen, model: Model, known: Mask, month: Whole) -> _Sums:
    kinds, months, width = len(seen.times), seen.columns.months, seen.top + 2

    def chances(coefficients: Real) -> Real:
        """By kind and month, 0 for the kinds about which nothing is known."""
        by_month = np.concatenate([[0.0], np.cumsum(coefficients[seen.columns.earned :])])
        odds = seen.design @ coefficients[: seen.columns.earned]
        return np.asarray(expit(odds[:, None] + by_month) * known[:, None])

    of_kind = chances(model.coefficients)
    fewer = np.empty((0, 0)) if model.rejected is None else np.maximum(of_kind - chances(model.rejected), 0.0)
    chance, lowered = np.zeros(width), np.zeros(width)
    by_kind, by_month = np.zeros((kinds, width)), np.zeros((months, width))
    risen = seen.risen
    add_steps(
        seen.kind, month, risen.below, risen.score, of_kind, of_kind * (1.0 - of_kind), chance, fewer, lowered,
        by_kind, by_month,
    )  # fmt: skip
    # A step of the months is in all that come after it.
    later = np.cumsum(by_month[::-1], axis=0)[::-1][1:]
    steps = (chance, lowered, by_kind.sum(axis=0), np.vstack([seen.design.T @ by_kind, later]))
    run = [np.cumsum(one, axis=-1)[..., : seen.top + 1] for one in steps]
    return _Sums(run[0], run[1], run[2], run[3].T)


def _shares(model: Model, sums: _Sums, known: Whole) -> Shares:
    """The mean over so many known leads (top + 1,), and its interval on the scale of log odds."""
    leads = np.where(known > 0, known, np.nan)
    variance = np.maximum(
        np.einsum("tp,tp->t", sums.gradient @ model.inverse, sums.gradient),
        np.einsum("tp,tp->t", sums.gradient @ model.robust, sums.gradient),
    )
    variance = (variance + OF_THE_LEADS * np.maximum(sums.own, 0.0)) / leads**2
    share = np.clip(sums.chance / leads, NEARLY, 1.0 - NEARLY)
    reach = Z95 * np.sqrt(variance) / (share * (1.0 - share))
    low, high = expit(logit(share) - reach), expit(logit(share) + reach)
    return Shares(share, np.maximum(low - sums.lowered / leads, 0.0), high)


def _worth(sums: _Sums, wins: Resampled) -> Worth:
    """Expected wins × mean amount at every threshold, and what that is with leads drawn anew."""
    drawn = np.maximum(sums.chance[:, None] + sums.gradient @ wins.shift.T, 0.0) * wins.amount
    low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    return Worth(sums.chance * wins.mean_amount, low, high)
