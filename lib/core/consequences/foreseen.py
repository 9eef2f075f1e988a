"""What sales' decisions so far say about any draft: every lead at its own instant, for every threshold at once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from lib.core.arrays import Real, Whole
from lib.core.consequences.bands import bands_as_seen
from lib.core.consequences.columns import TIMES, Columns
from lib.core.consequences.decisions import FirstHandoffs, criteria_of_both, first_handoffs
from lib.core.consequences.expected import Consequences, Method, OfStage, Shares, Worth
from lib.core.consequences.known import STAGES, Evidence, Stage, evidence
from lib.core.consequences.learned import Learned, Model, Resampled, StageLearned, learned
from lib.core.definition.criteria import Definition
from lib.core.handoffs.below_line import line_of
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.earned import earned
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import Rises, rises
from lib.core.statistics.regression import Z95
from lib.core.time.window import Window

OF_THE_LEADS = 0.25
"""How much of the leads' own chance counts beside what the coefficients do not know."""

NEARLY = 1e-9
"""No share is closer to none and all."""


def foreseen(
    index: HitIndex,
    agreed: Definition,
    draft: Definition,
    handoffs: Handoffs,
    window: Window,
    thresholds: Mapping[int, int],
) -> Consequences:
    """What is to be expected of the leads that the draft hands over in the window, at every threshold.

    `handoffs` are all of the index' history as of an instant, and nothing later counts. `agreed` is the definition in
    force then; `thresholds` are those of the agreed versions by number (`definition_version` of a hand-off; may be
    empty): sales saw a hand-off's score beside it.
    """
    first = first_handoffs(index, agreed, criteria_of_both(agreed, draft), handoffs)
    known = evidence(handoffs, index.history, line_of(index, agreed, handoffs))
    return judged_by(index, draft, learned(first, STAGES, thresholds), known, window)


def judged_by(index: HitIndex, draft: Definition, by: Learned, known: Evidence, window: Window) -> Consequences:
    """The same, by what was learned before: it must be of the draft's criteria, whatever their points."""
    edges, hits = window.edges(), index.hits(draft)
    risen = rises(hits, draft, as_of=by.first.as_of, start=int(edges[0]), end=int(edges[-1]))
    top = int(risen.score.max(initial=0))
    bands, drawn, unscored = bands_as_seen(hits, draft, known, risen.score)
    seen = _seen(index, by.first, risen, top)
    nobody_agreed = (~known.line.above[risen.lead]).astype(np.float64)
    leads = np.rint(seen.summed(np.ones(len(risen.lead)))).astype(np.int64)
    stages, worth = {}, None
    for stage, of in by.stages.items():
        stages[stage], sums = _of_stage(seen, of, leads)
        if stage is Stage.WON and sums is not None and by.wins is not None:
            worth = _worth(sums, by.wins)
    return Consequences(
        window=window,
        as_of=by.first.as_of,
        bands=bands,
        bands_drawn=drawn,
        unscored=unscored,
        leads=leads,
        beyond_agreed=np.rint(seen.summed(nobody_agreed)).astype(np.int64),
        stages=stages,
        worth=worth,
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

    def steps(self, of: Real, row: Whole, rows: int) -> Real:
        """What the rises (r,) add up to, by row (r,), from one threshold to the next; shape (rows, top + 2)."""
        width = self.top + 2
        place = row * width
        found = np.bincount(place + self.risen.below + 1, of, rows * width)
        found -= np.bincount(place + self.risen.score + 1, of, rows * width)
        return np.asarray(found.reshape(rows, width), dtype=np.float64)

    def summed(self, of: Real) -> Real:
        """What those add up to that qualify at each threshold; shape (top + 1,)."""
        return np.asarray(np.cumsum(self.steps(of, np.zeros(len(of), dtype=np.int64), 1)[0])[: self.top + 1])

    def gradient(self, own: Real, month: Whole) -> Real:
        """The columns of the rises in a month each (r,), times `own` (r,), summed at each threshold.

        Shape (top + 1, columns).
        """
        earned = self.design.T @ self.steps(own, self.kind, len(self.times))
        by_month = self.steps(own, month, self.columns.months)
        # A step of the months is in all that come after it.
        later = np.cumsum(by_month[::-1], axis=0)[::-1][1:]
        return np.asarray(np.cumsum(np.vstack([earned, later]), axis=1)[:, : self.top + 1].T)


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
    known_rises = known[seen.kind].astype(np.float64)
    not_observed = leads - np.rint(seen.summed(known_rises)).astype(np.int64)
    if of.model is None or of.method is not Method.MODEL:
        return OfStage(of.standing, of.method, not_observed, None, None), None
    said = _sums(seen, of.model, known_rises, seen.month)
    all_today = np.full(len(known_rises), of.model.today)
    today = _sums(seen, of.model, known_rises, all_today) if of.standing.moved else None
    shares = [None if one is None else _shares(of.model, one, leads - not_observed) for one in (said, today)]
    return OfStage(of.standing, of.method, not_observed, *shares), said


def _sums(seen: _Seen, model: Model, known: Real, month: Whole) -> _Sums:
    def chances(coefficients: Real) -> Real:
        months = np.concatenate([[0.0], np.cumsum(coefficients[seen.columns.earned :])])
        odds = (seen.design @ coefficients[: seen.columns.earned])[seen.kind]
        return np.asarray(expit(odds + months[month]) * known)

    chance = chances(model.coefficients)
    own = chance * (1.0 - chance)
    fewer = np.zeros(len(chance)) if model.rejected is None else np.maximum(chance - chances(model.rejected), 0.0)
    return _Sums(seen.summed(chance), seen.summed(fewer), seen.summed(own), seen.gradient(own, month))


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
