"""Which weights the decisions so far support: every criterion's hand-offs, how they fared, and what is left of it.

Each hand-off is looked at as of its own hand-over: a criterion counts for it when the lead had earned it by then,
whatever its points, and also when it is switched off. docs/decisions/0009 says how the numbers are made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Mask, Real, Whole
from lib.core.consequences.known import STAGES, Stage
from lib.core.definition.criteria import ActivityMatch, Category, Criterion, Definition
from lib.core.handoffs.choosing import lead_rows
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.replay.hits import HitIndex, Hits
from lib.core.replay.replay import contributions, scores_at
from lib.core.statistics.rates import ENOUGH, SIGNIFICANCE, Difference, Rate, difference, holm, rates
from lib.core.statistics.regression import Groups, effects, grouped
from lib.core.time.periods import By, periods
from lib.core.time.window import Window


@dataclass(frozen=True, eq=False)
class Judged:
    """The h hand-offs of a window under a definition, each as of its own hand-over.

    `lead` (h,) is a row of the history that `hits`, the definition's, are of; `times` (h, criteria) says how often the
    lead had met each of the definition's criteria, switched-off ones too; `score` (h,) is NaN where the lead was
    created later.
    `reached` (stages, h) says how far each came by now, `decided` (h,) whether sales has decided.
    """

    definition: Definition
    window: Window
    hits: Hits
    handoffs: Handoffs
    lead: Whole
    times: npt.NDArray[np.uint8]
    score: Real
    reached: Mask
    decided: Mask

    @property
    def earned(self) -> Mask:
        """Which criteria each had met at least once."""
        return np.asarray(self.times > 0)

    @property
    def accepted(self) -> Mask:
        return np.asarray(self.reached[STAGES.index(Stage.ACCEPTED)])


def judged(index: HitIndex, definition: Definition, handoffs: Handoffs, window: Window) -> Judged:
    """The hand-offs of the window with what a definition saw in each; `handoffs` are those of the index' history."""
    inside = handoffs.take(periods(window, By.WINDOW, handoffs.as_of).of(handoffs.mql_at) >= 0)
    lead = lead_rows(inside, index.history)
    hits = index.hits(definition)
    return Judged(
        definition=definition,
        window=window,
        hits=hits,
        handoffs=inside,
        lead=lead,
        times=times_earned(index, definition, lead, inside.mql_at),
        score=scores_at(hits, definition, lead, inside.mql_at).score,
        reached=np.stack([inside.accepted, inside.sql_at != NEVER, inside.won_at != NEVER]),
        decided=np.asarray(inside.decision != Decision.OPEN),
    )


def times_earned(
    index: HitIndex, definition: Definition, lead: Whole, at: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint8]:
    """How often some leads (h,) had earned each criterion by an instant each (h,), 255 at most; (h, criteria)."""
    # With a point each and no fading, what a criterion contributed is how often it was earned.
    counting = replace(
        definition,
        half_life_days=None,
        criteria=tuple(replace(c, points=1, disqualify=False, off=False) for c in definition.criteria),
    )
    ids, times = contributions(index.hits(counting), counting, lead, at)
    place = {criterion_id: n for n, criterion_id in enumerate(ids)}
    counted = np.minimum(times[:, [place[c.id] for c in definition.criteria]], 255).astype(np.uint8)
    # Nothing is earned before the lead is created.
    counted[index.history.created_at[lead] > at] = 0
    return counted


def criteria_design(of: Judged) -> Groups:
    """The decided hand-offs by which criteria they had met, and how often where that counts."""
    repeats = [isinstance(c.match, ActivityMatch) and not c.match.is_once for c in of.definition.criteria]
    return grouped(of.times[of.decided], np.array(repeats, dtype=np.bool_))


@dataclass(frozen=True, slots=True)
class Contrast:
    """How many of the decided hand-offs came to a stage with a criterion, and how many without it.

    `difference` is with less without. `left` is what is left of it when every other criterion is held
    fixed: how many more of those that had it came to the stage than would have without. None where it cannot be said.
    """

    having: Rate
    lacking: Rate
    difference: Difference | None
    left: Difference | None


class SignVerdict(StrEnum):
    """What the decisions say about the weight of a criterion.

    IDLE is one that has none, at 0 points or switched off, though the decisions do go by what it asks: nothing it gives
    can be supported, or against its sign.
    """

    SUPPORTED = "supported"
    AGAINST = "against its sign"
    NOISE = "no more than noise"
    TOO_FEW = "too few"
    TIED = "cannot be told apart"
    NEVER = "never fires"
    IDLE = "gives nothing"


@dataclass(frozen=True, slots=True)
class CriterionEvidence:
    """One criterion: how many leads ever met it, how many hand-offs of the window had, and how those decided fared.

    `p_value` is that of what is left of the difference in acceptance, corrected for all criteria.
    """

    criterion: Criterion
    leads: int
    handoffs: int
    stages: tuple[Contrast, ...]
    p_value: float | None
    verdict: SignVerdict

    def of(self, stage: Stage) -> Contrast:
        return self.stages[STAGES.index(stage)]

    @property
    def acceptance(self) -> Contrast:
        return self.of(Stage.ACCEPTED)


@dataclass(frozen=True, slots=True)
class CriteriaEvidence:
    """Every criterion of a definition, in its order; `together` lists those that no hand-off tells apart."""

    as_of: int
    window: Window
    handoffs: int
    decided: int
    accepted: int
    criteria: tuple[CriterionEvidence, ...]
    together: tuple[tuple[Criterion, ...], ...]

    def with_verdict(self, verdict: SignVerdict) -> tuple[CriterionEvidence, ...]:
        return tuple(one for one in self.criteria if one.verdict is verdict)


def criteria_evidence(index: HitIndex, of: Judged) -> CriteriaEvidence:
    """What the decisions of the window say about each criterion."""
    criteria = of.definition.criteria
    groups = criteria_design(of)
    stages = [_contrasts(of.earned[of.decided], came[of.decided], groups) for came in of.reached]
    by_criterion = list(zip(*stages, strict=True))
    leads = [index.leads_touched(criterion, of.handoffs.as_of) for criterion in criteria]
    handoffs = of.earned.sum(axis=0).tolist()
    acceptance = [contrasts[STAGES.index(Stage.ACCEPTED)] for contrasts in by_criterion]
    p_values = holm([None if one.left is None else one.left.p_value for one in acceptance], families=1)
    return CriteriaEvidence(
        as_of=of.handoffs.as_of,
        window=of.window,
        handoffs=len(of.handoffs),
        decided=int(of.decided.sum()),
        accepted=int(of.accepted.sum()),
        criteria=tuple(
            CriterionEvidence(criterion, touched, count, contrasts, p, verdict_of(criterion, touched, contrasts[0], p))
            for criterion, touched, count, contrasts, p in zip(
                criteria, leads, handoffs, by_criterion, p_values, strict=True
            )
        ),
        together=_together(criteria, of.earned),
    )


def _contrasts(earned: Mask, came: Mask, groups: Groups) -> tuple[Contrast, ...]:
    """With and without each criterion (n, c), of the hand-offs that came (n,) to a stage."""
    count, total = earned.sum(axis=0), np.full(earned.shape[1], len(earned))
    reached, all_reached = earned[came].sum(axis=0), np.full(earned.shape[1], came.sum())
    having, lacking = rates(reached, count), rates(all_reached - reached, total - count)
    # What hardly any hand-off has is held fixed all the same: others may owe it their difference.
    some = 0 < came.sum() < len(came)
    left = effects(groups, groups.successes(came)) if some else (None,) * earned.shape[1]
    return tuple(
        Contrast(one, other, difference(one, other), None if _few(one, other) else rest)
        for one, other, rest in zip(having, lacking, left, strict=True)
    )


def _few(one: Rate, other: Rate) -> bool:
    return min(one.trials, other.trials) < ENOUGH


def verdict_of(criterion: Criterion, leads: int, acceptance: Contrast, p_value: float | None) -> SignVerdict:
    """What a contrast and its corrected chance say about a criterion that so many leads ever met."""
    if not leads:
        return SignVerdict.NEVER
    if acceptance.difference is None:
        return SignVerdict.TOO_FEW
    if acceptance.left is None or p_value is None:
        return SignVerdict.TIED
    if p_value >= SIGNIFICANCE:
        return SignVerdict.NOISE
    if not gives_something(criterion):
        return SignVerdict.IDLE
    return SignVerdict.SUPPORTED if acceptance.left.value * wanted_sign(criterion) > 0 else SignVerdict.AGAINST


def gives_something(criterion: Criterion) -> bool:
    """Does meeting it change anybody's score, or who is handed over?"""
    return not criterion.off and (criterion.points != 0 or criterion.disqualify)


def wanted_sign(criterion: Criterion) -> int:
    """+1 for what speaks for a lead, −1 for what speaks against it."""
    return -1 if criterion.category is Category.UNDESIRABLES else 1


def _together(criteria: Sequence[Criterion], earned: Mask) -> tuple[tuple[Criterion, ...], ...]:
    """Criteria that fire for exactly the same hand-offs, of 10 or more."""
    found: dict[bytes, list[Criterion]] = {}
    for criterion, fires in zip(criteria, earned.T, strict=True):
        if fires.sum() >= ENOUGH:
            found.setdefault(np.packbits(fires).tobytes(), []).append(criterion)
    return tuple(tuple(some) for some in found.values() if len(some) > 1)
