"""What sales' decisions so far say about any draft: every lead at its own instant, for every threshold at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from lib.core.arrays import Mask, Real, Whole
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

PLACES_AT_ONCE = 8_000_000
"""Kinds of leads × thresholds that are laid out at a time: 8 bytes each."""


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
    kinds = _kinds(index, by.first, risen)
    everybody = np.zeros(len(risen.lead), dtype=np.int64)
    beyond = risen.at_thresholds(np.where(known.line.above[risen.lead], -1, 0), 1, top)[0]
    stages, worth = _of_stages(by, kinds, risen, top)
    return Consequences(
        window=window,
        as_of=by.first.as_of,
        bands=bands,
        bands_drawn=drawn,
        unscored=unscored,
        leads=risen.at_thresholds(everybody, 1, top)[0],
        beyond_agreed=beyond,
        stages=stages,
        worth=worth,
        won_amount=by.won_amount,
    )


@dataclass(frozen=True, eq=False)
class _Kinds:
    """The draft's leads by what they had earned and when: `times` (k, criteria), `month` (k,), `kind` of each rise."""

    times: TIMES
    month: Whole
    kind: Whole


def _kinds(index: HitIndex, first: FirstHandoffs, risen: Rises) -> _Kinds:
    # As sales would see them: some time after they qualified, and nothing later than what is known.
    at = np.minimum(risen.at + first.delay, first.as_of)
    found = earned(index.hits(first.counted), first.counted, risen.lead, at)
    months = first.columns.months
    kind, distinct = pd.factorize(found.kind * months + first.columns.month_of(at))
    earned_kind, month = np.divmod(np.asarray(distinct, dtype=np.int64), months)
    return _Kinds(found.times[earned_kind], month, np.asarray(kind, dtype=np.int64))


class _Sums:
    """What a model says of the known leads, summed by threshold; shapes (top + 2,), `gradient` (p, top + 2).

    Steps from one threshold to the next until `run`.
    """

    def __init__(self, columns: int, thresholds: int) -> None:
        self.chance = np.zeros(thresholds)
        self.lowered = np.zeros(thresholds)
        self.own = np.zeros(thresholds)
        self.gradient = np.zeros((columns, thresholds))

    def add(self, model: Model, design: Real, known: Mask, steps: Real) -> None:
        chance = expit(design @ model.coefficients) * known
        own = chance * (1.0 - chance)
        self.chance += chance @ steps
        self.own += own @ steps
        self.gradient += (design * own[:, None]).T @ steps
        if model.rejected is not None:
            self.lowered += (chance - np.minimum(expit(design @ model.rejected), chance) * known) @ steps

    def run(self) -> None:
        for of_steps in (self.chance, self.lowered, self.own, self.gradient):
            np.cumsum(of_steps, axis=-1, out=of_steps)

    def shares(self, model: Model, known: Whole) -> Shares:
        """The mean over so many known leads (top + 1,), and its interval on the scale of log odds."""
        with np.errstate(divide="ignore", invalid="ignore"):
            leads = np.where(known > 0, known, np.nan)
            top = len(known)
            gradient = self.gradient[:, :top].T
            variance = np.maximum(
                np.einsum("tp,tp->t", gradient @ model.inverse, gradient),
                np.einsum("tp,tp->t", gradient @ model.robust, gradient),
            )
            variance = variance / leads**2 + OF_THE_LEADS * self.own[:top] / leads**2
            share = np.clip(self.chance[:top] / leads, 1e-9, 1.0 - 1e-9)
            reach = Z95 * np.sqrt(variance) / (share * (1.0 - share))
            low, high = expit(logit(share) - reach), expit(logit(share) + reach)
            return Shares(share, np.maximum(low - self.lowered[:top] / leads, 0.0), high)


def _of_stages(by: Learned, kinds: _Kinds, risen: Rises, top: int) -> tuple[dict[Stage, OfStage], Worth | None]:
    columns = by.first.columns
    width = columns.main + len(columns.further)
    unknown = {stage: np.zeros(top + 2, dtype=np.int64) for stage in by.stages}
    believed = {
        stage: (of, of.model, _Sums(width, top + 2), _Sums(width, top + 2) if of.standing.moved else None)
        for stage, of in by.stages.items()
        if of.model is not None and of.method is Method.MODEL
    }
    for some, steps in _in_parts(kinds, risen, top):
        met = kinds.times[some] > 0
        known = {stage: _is_known(of, met) for stage, of in by.stages.items()}
        for stage, is_known in known.items():
            unknown[stage] += np.rint(~is_known @ steps).astype(np.int64)
        if not believed:
            continue
        design = columns.matrix(kinds.times[some], kinds.month[some])
        now = _today(columns, design) if any(today for *_, today in believed.values()) else design
        for stage, (_, model, said, today) in believed.items():
            said.add(model, design, known[stage], steps)
            if today is not None:
                today.add(model, now, known[stage], steps)
    leads = risen.at_thresholds(np.zeros(len(risen.lead), dtype=np.int64), 1, top)[0]
    found, worth = {}, None
    for stage, of in by.stages.items():
        not_observed = np.cumsum(unknown[stage])[: top + 1]
        shares: list[Shares | None] = [None, None]
        if stage in believed:
            _, model, *sums = believed[stage]
            for n, one in enumerate(sums):
                if one is not None:
                    one.run()
                    shares[n] = one.shares(model, leads - not_observed)
            if stage is Stage.WON and by.wins is not None and sums[0] is not None:
                worth = _worth(sums[0], by.wins, top + 1)
        found[stage] = OfStage(of.standing, of.method, not_observed, *shares)
    return found, worth


def _in_parts(kinds: _Kinds, risen: Rises, top: int) -> Iterator[tuple[slice, Real]]:
    """Some kinds at a time, with what each adds or takes from one threshold to the next; (kinds, top + 2)."""
    count = len(kinds.month)
    at_once = max(PLACES_AT_ONCE // (top + 2), 1)
    for begin in range(0, count, at_once):
        some = slice(begin, min(begin + at_once, count))
        inside = slice(None) if count <= at_once else (kinds.kind >= some.start) & (kinds.kind < some.stop)
        kind, size = kinds.kind[inside] - begin, (some.stop - some.start) * (top + 2)
        place = kind * (top + 2)
        steps = np.bincount(place + risen.below[inside] + 1, minlength=size)
        steps -= np.bincount(place + risen.score[inside] + 1, minlength=size)
        yield some, steps.reshape(-1, top + 2).astype(np.float64)


def _is_known(of: StageLearned, met: Mask) -> Mask:
    """Which kinds of leads (k, criteria) have, and lack, nothing that hardly any decided lead had, or lacked."""
    return np.asarray(~((met & of.seldom_had) | (~met & of.seldom_lacked)).any(axis=1))


def _today(columns: Columns, design: Real) -> Real:
    """The same leads in the month to come."""
    now = design.copy()
    now[:, columns.plain : columns.main] = 1.0
    return now


def _worth(sums: _Sums, wins: Resampled, thresholds: int) -> Worth:
    """Expected wins × mean amount at every threshold, and what that is with leads drawn anew."""
    number = sums.chance[:thresholds]
    drawn = np.maximum(number[:, None] + sums.gradient[:, :thresholds].T @ wins.shift.T, 0.0) * wins.amount
    low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    return Worth(number * wins.mean_amount, low, high)
