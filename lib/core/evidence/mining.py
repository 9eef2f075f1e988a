"""What no criterion uses though it separates accepted from rejected, with the chance of a false find kept small.

Every pattern of the decided hand-offs (`lib.core.evidence.candidates`) is tested once. It has to separate by itself
(Fisher's exact test where counts are small, else the score test of two shares) *and* among hand-offs that met the same
criteria of the definition (Rao's score test in the logistic regression of `lib.core.statistics.regression`). The larger
chance of the two counts, corrected for all patterns tested (Holm): the chance that even one of those listed is noise
stays below 5 %. Of
those that say the same one is listed: the strongest is taken, held fixed in its turn, and so on.
docs/decisions/0011 says why.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lib.core.arrays import Mask, Real, Whole
from lib.core.definition.criteria import (
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldMatch,
    FrequencyMatch,
    Match,
    SequenceMatch,
)
from lib.core.definition.words import criterion_in_words
from lib.core.evidence import carried
from lib.core.evidence.candidates import patterns
from lib.core.evidence.carried import Patterns
from lib.core.evidence.criteria import Contrast, CriteriaEvidence, Judged, SignVerdict
from lib.core.leads.history import History
from lib.core.statistics.rates import LEAST_EXPECTED, SIGNIFICANCE, difference, holm, rates
from lib.core.statistics.regression import Groups, NotConverged, effects, fit, grouped, independent

LISTED_AT_MOST = 12
"""More than a meeting reads; the others are counted."""

EXACT_BELOW = 50.0
"""Where an expected count of the two-by-two table is smaller, the test is Fisher's."""

LEFT_AT_LEAST = 0.05
"""A pattern of whose spread less is left once the criteria are held fixed is one they use already."""

CHANNEL_FIELDS = ("channel", "source", "landing_page")

POINTS_A_PER_CENT = 1.0
"""Where the definition's own criteria set no price: a point for each of 100 hand-offs that are accepted in addition."""

PRICED_BY = 3
"""So many supported criteria make a price."""

PREFERENCE = {FieldMatch: 1.0, ActivityMatch: 1.0, FrequencyMatch: 0.95, SequenceMatch: 0.9}
"""Of two patterns that say nearly the same, the simpler."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Find:
    """A pattern as the criterion it would be, and how the decided hand-offs that show it fared.

    `acceptance.left` is what is left of the difference with the definition's criteria and the other finds held
    fixed. `p_value` is corrected for all patterns tested.
    """

    criterion: Criterion
    acceptance: Contrast
    p_value: float


@dataclass(frozen=True, slots=True)
class Mined:
    """How many patterns were tested, the finds, the strongest first, and how many others say the same or less."""

    decided: int
    tested: int
    finds: tuple[Find, ...]
    others: int


def mine(
    history: History, of: Judged, told: CriteriaEvidence, progress: Progress = lambda _doing, _share: None
) -> Mined:
    """What else the decisions of the window go by; `told` is what they say of the definition's own criteria."""
    decided = np.flatnonzero(of.decided)
    accepted = of.accepted[decided]
    if min(accepted.sum(), len(accepted) - accepted.sum()) < carried.LEAST:
        return Mined(len(decided), 0, (), 0)
    progress("Looking for what the leads have in common", 0.0)
    every = patterns(history, of.lead[decided], of.handoffs.mql_at[decided])
    progress("Testing what separates accepted from rejected", 0.5)
    # Whether each criterion was met is held fixed, not how often: the third time may speak otherwise than the first.
    met = grouped(of.times[decided], np.zeros(of.times.shape[1], dtype=np.bool_))
    found = separating(every, met, accepted)
    progress("Setting aside what says the same", 0.8)
    kept = found.finds
    criteria = _as_criteria([every.matches[n] for n in kept.tolist()], of.definition)
    contrasts = _contrasts(every, kept, met, accepted)
    price = price_of(told)
    finds = tuple(
        Find(_priced(criterion, contrast, price, of.definition), contrast, float(p))
        for criterion, contrast, p in zip(criteria, contrasts, found.p_values[kept], strict=True)
    )
    return Mined(len(decided), found.tested, finds, found.significant - len(finds))


@dataclass(frozen=True, eq=False)
class Separating:
    """Which patterns separate: `finds` are their numbers, the strongest first, without those that say the same.

    `p_values` (m,) are corrected, NaN for what could not be tested; `significant` counts all below 5 %.
    """

    finds: Whole
    p_values: Real
    tested: int
    significant: int


def separating(every: Patterns, groups: Groups, accepted: Mask) -> Separating:
    """Which patterns of n hand-offs separate the accepted (n,) from the others, with `groups`' things held fixed."""
    by_itself = _raw_p_values(every, accepted)
    scores = _scores(every, groups, accepted)
    z = scores.z()
    testable = scores.has_spread() & ~np.isnan(by_itself)
    # By itself and with the criteria held fixed it must say the same.
    agrees = np.sign(z) == _raw_signs(every, accepted)
    raw = np.where(agrees, np.maximum(by_itself, _two_sided(z)), 1.0)
    p_values = np.full(len(every.matches), np.nan)
    p_values[testable] = np.array(holm(raw[testable].tolist(), families=1), dtype=np.float64)
    significant = np.flatnonzero(p_values < SIGNIFICANCE)
    cut = float(raw[significant].max(initial=0.0))
    return Separating(
        finds=significant[_one_of_each(every.take(significant), scores.take(significant), cut)],
        p_values=p_values,
        tested=int(testable.sum()),
        significant=len(significant),
    )


@dataclass(frozen=True, eq=False)
class _Scores:
    """Rao's scores of m patterns with other things held fixed, and what is needed to hold one of them fixed too.

    `score` and `left` (m,) are how many more are accepted than expected and the variance of that; `own` (m,) is the
    variance were nothing held fixed. `weight` (n,) is each hand-off's, and `shared` (m, p) with `inverse` (p, p)
    what a pattern has in common with the things held fixed.
    """

    score: Real
    left: Real
    own: Real
    shared: Real
    inverse: Real
    weight: Real

    def z(self) -> Real:
        """In standard errors; 0 for what has no spread of its own."""
        spread = self.has_spread()
        return np.where(spread, self.score / np.sqrt(np.where(spread, self.left, 1.0)), 0.0)

    def has_spread(self) -> Mask:
        return np.asarray(self.left > LEFT_AT_LEAST * self.own)

    def take(self, numbers: Whole) -> "_Scores":
        return replace(
            self,
            score=self.score[numbers],
            left=self.left[numbers],
            own=self.own[numbers],
            shared=self.shared[numbers],
        )

    def in_common(self, every: Patterns, number: int) -> Real:
        """The covariance of every pattern's score with that of one of them; shape (m,)."""
        flag = np.zeros((len(self.weight), 1))
        rows = every.of(number)
        flag[rows, 0] = self.weight[rows]
        return np.asarray(every.sums(flag)[:, 0] - self.shared @ (self.inverse @ self.shared[number]))


def _nothing_told(patterns: int, columns: int, handoffs: int) -> _Scores:
    """Scores that separate nobody: of what the definition's own criteria do no fit was found."""
    nothing, own = np.zeros(patterns), np.ones(patterns)
    shared, inverse = np.zeros((patterns, columns)), np.zeros((columns, columns))
    return _Scores(nothing, nothing, own, shared, inverse, np.zeros(handoffs))


def _scores(every: Patterns, groups: Groups, accepted: Mask) -> _Scores:
    kept = independent(groups.design, groups.trials)
    design = groups.design[:, kept]
    try:
        fitted = fit(design, groups.successes(accepted), groups.trials)
    except NotConverged:
        return _nothing_told(len(every.matches), design.shape[1], len(groups.group))
    share = 1 / (1 + np.exp(-design @ fitted.coefficients))
    weight = share * (1 - share)
    # The fit's covariance is the inverse of its information: what the things held fixed have in common.
    inverse = fitted.covariance
    # What each hand-off adds to a pattern's sums depends on its group, but for its own decision.
    values = np.column_stack([-share, weight, design * weight[:, None]])[groups.group]
    values[accepted, 0] += 1.0
    sums = every.sums(values)
    spread, shared = sums[:, 1], sums[:, 2:]
    return _Scores(
        score=sums[:, 0],
        left=spread - np.einsum("mp,mp->m", shared @ inverse, shared),
        own=spread * (1 - spread / float(groups.trials @ weight)),
        shared=shared,
        inverse=inverse,
        weight=weight[groups.group],
    )


def _one_of_each(some: Patterns, scores: _Scores, cut: float) -> Whole:
    """The strongest pattern, the strongest of what is left with that one held fixed, and so on while there is any.

    What holding one fixed leaves of the others' scores is their part that is uncorrelated with it, as if nothing
    else changed: no fit anew for each.
    """
    chosen: list[int] = []
    before: list[tuple[Real, int]] = []
    preference = np.array([PREFERENCE[type(match)] for match in some.matches], dtype=np.float64)
    while len(chosen) < min(LISTED_AT_MOST, len(some.matches)):
        z = scores.z()
        strength = np.where(_two_sided(z) <= cut, np.abs(z), 0.0)
        best = int(np.argmax(strength * preference))
        if not strength[best]:
            break
        common = scores.in_common(some, best)
        for earlier, number in before:
            common = common - earlier * earlier[best] / earlier[number]
        before.append((common, best))
        chosen.append(best)
        part = common / common[best]
        scores = replace(scores, score=scores.score - part * scores.score[best], left=scores.left - part * common)
    return np.array(chosen, dtype=np.int64)


def _with_flags(groups: Groups, flags: Real) -> Groups:
    """The groups split by some flags (n, f), each of which is one more thing."""
    if not flags.shape[1]:
        return groups
    code = flags.astype(np.int64) @ (1 << np.arange(flags.shape[1]))
    _, example, group = np.unique(groups.group * (1 << flags.shape[1]) + code, return_index=True, return_inverse=True)
    more = groups.things + np.arange(flags.shape[1])
    columns, things = groups.design[groups.group[example]], groups.things
    return Groups(
        # The things' first columns come first.
        design=np.hstack([columns[:, : things + 1], flags[example], columns[:, things + 1 :]]),
        thing=np.concatenate([groups.thing[: things + 1], more, groups.thing[things + 1 :]]),
        trials=np.bincount(group, minlength=len(example)),
        group=group,
    )


def _two_sided(z: Real) -> Real:
    from scipy.stats import norm

    return np.asarray(2 * norm.sf(np.abs(z)))


def _raw_signs(every: Patterns, accepted: Mask) -> Real:
    """+1 where more of those that show a pattern are accepted than of the others, −1 where fewer are."""
    showing = every.sums(accepted[:, None].astype(np.float64))[:, 0]
    return np.asarray(np.sign(showing - every.shown * accepted.mean()))


def _raw_p_values(every: Patterns, accepted: Mask) -> Real:
    """The chance of each pattern's difference in acceptance by itself (m,); NaN where the counts are too small."""
    from scipy.stats import hypergeom

    total, all_accepted = len(accepted), int(accepted.sum())
    shown = every.shown
    showing = every.sums(accepted[:, None].astype(np.float64))[:, 0]
    expected = shown * all_accepted / total
    smallest = np.minimum.reduce(
        [expected, shown - expected, all_accepted - expected, total - shown - all_accepted + expected]
    )
    # The two-proportion score test with a pooled share.
    spread = np.sqrt(expected * (1 - all_accepted / total) * (1 - shown / total))
    found = _two_sided((showing - expected) / np.where(spread > 0, spread, np.inf))
    exact = np.flatnonzero((smallest < EXACT_BELOW) & (smallest >= LEAST_EXPECTED))
    less = hypergeom.cdf(showing[exact], total, all_accepted, shown[exact])
    more = hypergeom.sf(showing[exact] - 1, total, all_accepted, shown[exact])
    found[exact] = np.minimum(2 * np.minimum(less, more), 1.0)
    found[smallest < LEAST_EXPECTED] = np.nan
    return found


def _contrasts(every: Patterns, numbers: Whole, groups: Groups, accepted: Mask) -> tuple[Contrast, ...]:
    """With and without each of some patterns, and what is left with the groups' things and the others held fixed."""
    flags = np.zeros((len(accepted), len(numbers)))
    for place, number in enumerate(numbers.tolist()):
        flags[every.of(number), place] = 1.0
    count, reached = flags.sum(axis=0), flags[accepted].sum(axis=0)
    having = rates(reached.astype(np.int64), count.astype(np.int64))
    lacking = rates((accepted.sum() - reached).astype(np.int64), (len(accepted) - count).astype(np.int64))
    wider = _with_flags(groups, flags)
    left = effects(wider, wider.successes(accepted))[groups.things :]
    return tuple(
        Contrast(one, other, difference(one, other), rest)
        for one, other, rest in zip(having, lacking, left, strict=True)
    )


# A pattern as a criterion.


def price_of(told: CriteriaEvidence) -> float:
    """Points the definition pays for a per cent of difference, on average over the criteria the evidence supports."""
    priced = [
        (abs(one.criterion.points), abs(one.acceptance.left.value) * 100)
        for one in told.with_verdict(SignVerdict.SUPPORTED)
        if one.acceptance.left is not None and one.criterion.points
    ]
    if len(priced) < PRICED_BY:
        return POINTS_A_PER_CENT
    return sum(points for points, _ in priced) / sum(per_cent for _, per_cent in priced)


def _priced(criterion: Criterion, contrast: Contrast, price: float, definition: Definition) -> Criterion:
    """With category and points: the difference left at the definition's own price, at most half the threshold."""
    left = contrast.left or contrast.difference
    value = 0.0 if left is None else left.value * 100
    points = max(1, min(round(abs(value) * price), max(definition.threshold // 2, 1)))
    if value < 0:
        return replace(criterion, category=Category.UNDESIRABLES, points=-points)
    return replace(criterion, category=_category(criterion.match), points=points)


def _category(match: Match) -> Category:
    if not isinstance(match, FieldMatch):
        return Category.ACTIONS
    return Category.CHANNEL if match.conditions[0].field in CHANNEL_FIELDS else Category.PROFILE


def _as_criteria(matches: Sequence[Match], definition: Definition) -> list[Criterion]:
    """The patterns with ids that nothing in the definition has, and labels that say what they ask."""
    taken = {criterion.id for criterion in definition.criteria}
    found: list[Criterion] = []
    for match in matches:
        # The category is decided by what it is worth.
        asks = criterion_in_words(Criterion("", "", Category.UNDESIRABLES, 0, match)).removesuffix(", once")
        label = f"{asks[:1].upper()}{asks[1:]}"
        criterion_id = new_id(label, taken)
        taken.add(criterion_id)
        found.append(Criterion(criterion_id, label, Category.UNDESIRABLES, 0, match))
    return found


ID_LETTERS = 40


def new_id(label: str, taken: set[str]) -> str:
    """An id made of the label that no other criterion has: `title_has_the_word_student`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    word = "_".join("".join(c if c.isalnum() else " " for c in plain).split())[:ID_LETTERS].strip("_") or "criterion"
    return next(name for n in range(1, len(taken) + 2) if (name := word if n == 1 else f"{word}_{n}") not in taken)
