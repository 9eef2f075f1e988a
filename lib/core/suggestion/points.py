"""Points that past decisions support best: which criteria to change, at most so many, and to how many points.

The objective is exact: scores are what a replay gives, whole points, capped and faded. A set of points is as good as
the likelihood of the decisions, when the log odds of being accepted rise with the score in a straight line (the line
is fitted to each set of points, and never falls). docs/decisions/0016 says why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lib.core.arrays import Instants, Mask, Real, Whole
from lib.core.definition.criteria import Category, Criterion, Definition
from lib.core.numbers import TOLERANCE
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import contributions
from lib.core.statistics.rates import ENOUGH, SIGNIFICANCE
from lib.core.statistics.regression import Z95

COARSE = 4
"""Every so many points are tried first, and then each one around the best."""

AROUND = 6
"""So far from where it stands a changed criterion looks for better points once others have moved."""

SWEEPS_AT_MOST = 12
ROUNDS_AT_MOST = 25
STILL = 1e-7
SAME = 1e-7
"""Log likelihoods that differ by less are the same."""

RIDGE = 0.01
"""Of a decision: keeps the line finite where a score splits the decisions perfectly."""


@dataclass(frozen=True, eq=False)
class Decided:
    """n decided hand-offs as a definition's criteria see them, each as of its own hand-over.

    `times` (n, criteria) is what each criterion of `criteria` gives at one point each, faded where
    it fades; `category` (criteria,) is a place in `Category`, `caps` (4,) are infinite where there is none.
    """

    criteria: tuple[Criterion, ...]
    category: Whole
    caps: Real
    times: Real
    accepted: Mask

    def points(self) -> Whole:
        """The points the definition gives now; shape (criteria,)."""
        return np.array([criterion.points for criterion in self.criteria], dtype=np.int64)

    def sums(self, points: Whole) -> Real:
        """Each category's points before its cap; shape (4, n)."""
        return np.stack(
            [
                self.times[:, self.category == place] @ points[self.category == place].astype(np.float64)
                for place in range(len(Category))
            ]
        )

    def scores(self, points: Whole) -> Whole:
        """The score of each hand-off under other points, as a replay would give it; shape (n,)."""
        return self._score(self.sums(points))

    def _score(self, sums: Real) -> Whole:
        total = np.minimum(sums, self.caps[:, None]).sum(axis=0)
        return np.asarray(np.floor(total + TOLERANCE), dtype=np.int64)


def decided(index: HitIndex, definition: Definition, lead: Whole, at: Instants, accepted: Mask) -> Decided:
    """What the definition's criteria saw in some hand-offs (n,), each as of its instant, whatever came later."""
    counting = replace(definition, criteria=tuple(replace(c, points=1, disqualify=False) for c in definition.active()))
    # Points do not change which hits there are, so these are the definition's own.
    ids, times = contributions(index.hits(definition), counting, lead, at)
    awarding = tuple(criterion for criterion in definition.active() if not criterion.disqualify)
    places = [ids.index(criterion.id) for criterion in awarding]
    order = list(Category)
    caps = [definition.cap(category) for category in order]
    return Decided(
        criteria=awarding,
        category=np.array([order.index(criterion.category) for criterion in awarding], dtype=np.int64),
        caps=np.array([np.inf if cap is None else float(cap) for cap in caps]),
        times=np.asfortranarray(times[:, places]),
        accepted=accepted,
    )


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """The chance of being accepted by score: log odds = `odds_at_0` + `odds_a_point` × score."""

    odds_at_0: float
    odds_a_point: float
    log_likelihood: float

    def chance(self, scores: Whole) -> Real:
        """The chance of being accepted with each score; shape (n,)."""
        return _chance(self.odds_at_0 + self.odds_a_point * scores.astype(np.float64))


def line(scores: Whole, accepted: Mask) -> ScoreLine:
    """The likeliest line that does not fall; `scores` and `accepted` (n,), one hand-off or more."""
    return _lines([scores], accepted)[0]


@dataclass(frozen=True, slots=True)
class ChangedPoints:
    """A criterion whose points are changed, and between which points the decisions would have them, at 95 %.

    None where the decisions cannot say.
    """

    criterion: Criterion
    points: int
    low95: float | None
    high95: float | None


@dataclass(frozen=True, eq=False)
class PointsStep:
    """The best set of points with so many changes; `gain` is how much likelier it makes the decisions (log)."""

    points: Whole
    changed: tuple[ChangedPoints, ...]
    line: ScoreLine
    gain: float


Bounds = Mapping[str, tuple[int, int]]
"""By id, the lowest and the highest points a criterion may be given; who is missing keeps its own."""


def steps(
    of: Decided, bounds: Bounds, most: int, progress: Callable[[float], None] = lambda _share: None
) -> tuple[PointsStep, ...]:
    """The best sets of points with 0, 1, 2 … changes, up to `most`; `progress` is told before each criterion tried.

    A change is added only while it makes the decisions so much likelier that, were it worth nothing, none of
    all the criteria would do as well by chance in 95 of 100 cases (likelihood ratio, corrected for their number).
    """
    from scipy.stats import chi2

    done = 0.0
    search = _Search(of, bounds, lambda: progress(done))
    agreed = of.points()
    found = [search.step(agreed, ())]
    movable = search.movable()
    needed = float(chi2.isf(SIGNIFICANCE / max(len(movable), 1), 1)) / 2
    points, chosen = agreed, tuple[int, ...]()
    for number in range(min(most, len(movable))):
        done = number / min(most, len(movable))
        tried = search.add(points, chosen, movable)
        if tried is None:
            break
        points, chosen = search.swap(*tried, movable)
        step = search.step(points, chosen)
        if step.line.log_likelihood - found[-1].line.log_likelihood < needed:
            break
        found.append(step)
    progress(1.0)
    return tuple(replace(step, gain=step.line.log_likelihood - found[0].line.log_likelihood) for step in found)


class _Search:
    """Tries points for one criterion at a time, calling `look` before each; the same for the same decisions."""

    def __init__(self, of: Decided, bounds: Bounds, look: Callable[[], None]) -> None:
        self.of = of
        self.look = look
        self.agreed = of.points()
        self.range = [bounds.get(criterion.id) for criterion in of.criteria]

    def movable(self) -> tuple[int, ...]:
        """The criteria that may change and that enough hand-offs had, and not all of them alike."""
        times = self.of.times
        return tuple(
            place
            for place, allowed in enumerate(self.range)
            if allowed is not None
            and np.count_nonzero(times[:, place]) >= ENOUGH
            and np.ptp(times[:, place]) > TOLERANCE
        )

    def add(self, points: Whole, chosen: tuple[int, ...], among: Sequence[int]) -> tuple[Whole, tuple[int, ...]] | None:
        """One more changed: the one that helps most. None when none is left that helps."""
        now = self._likelihood(points)
        best: tuple[float, int, int] | None = None
        sums = self.of.sums(points)
        for place in among:
            if place in chosen:
                continue
            value, likelihood = self._best_anywhere(points, sums, place)
            if value != self.agreed[place] and likelihood > (now if best is None else best[0]) + SAME:
                best = (likelihood, place, value)
        if best is None:
            return None
        return self._settled(_with(points, best[1], best[2]), (*chosen, best[1]))

    def swap(self, points: Whole, chosen: tuple[int, ...], among: Sequence[int]) -> tuple[Whole, tuple[int, ...]]:
        """One of those changed put back, and another changed instead, where that is likelier."""
        if len(chosen) < 2:
            return points, chosen
        best = (self._likelihood(points), points, chosen)
        for back in chosen[:-1]:
            others = tuple(place for place in chosen if place != back)
            fewer, _ = self._settled(_with(points, back, int(self.agreed[back])), others)
            tried = self.add(fewer, others, among)
            if tried is not None and (likelihood := self._likelihood(tried[0])) > best[0] + SAME:
                best = (likelihood, *tried)
        return best[1], best[2]

    def step(self, points: Whole, chosen: tuple[int, ...]) -> PointsStep:
        """What a set of points comes to; those chosen that ended where they were are no change."""
        fitted = line(self.of.scores(points), self.of.accepted)
        really = tuple(sorted(place for place in chosen if points[place] != self.agreed[place]))
        return PointsStep(points, self._changed(points, really, fitted), fitted, 0.0)

    def _likelihood(self, points: Whole) -> float:
        return line(self.of.scores(points), self.of.accepted).log_likelihood

    def _settled(self, points: Whole, chosen: tuple[int, ...]) -> tuple[Whole, tuple[int, ...]]:
        """One after the other moved to its best points near by, until none moves."""
        for _ in range(SWEEPS_AT_MOST if len(chosen) > 1 else 0):
            before = points
            for place in chosen:
                low, high = self._allowed(place)
                near = range(max(low, int(points[place]) - AROUND), min(high, int(points[place]) + AROUND) + 1)
                value, _ = self._best(points, self.of.sums(points), place, near)
                points = _with(points, place, value)
            if (points == before).all():
                break
        return points, chosen

    def _best_anywhere(self, points: Whole, sums: Real, place: int) -> tuple[int, float]:
        low, high = self._allowed(place)
        coarse, _ = self._best(points, sums, place, [*range(low, high, COARSE), high])
        return self._best(points, sums, place, range(max(low, coarse - COARSE + 1), min(high, coarse + COARSE - 1) + 1))

    def _best(self, points: Whole, sums: Real, place: int, values: Sequence[int]) -> tuple[int, float]:
        """The likeliest of some points for one criterion; of those alike the nearest to what it has now."""
        self.look()
        category, times = int(self.of.category[place]), self.of.times[:, place]
        others = np.minimum(np.delete(sums, category, axis=0), np.delete(self.of.caps, category)[:, None]).sum(axis=0)
        without = sums[category] - points[place] * times
        cap = self.of.caps[category]
        scores = [
            np.floor(others + np.minimum(without + value * times, cap) + TOLERANCE).astype(np.int64) for value in values
        ]
        found = [fitted.log_likelihood for fitted in _lines(scores, self.of.accepted)]
        most = max(found)
        alike = [n for n, likelihood in enumerate(found) if likelihood > most - SAME]
        nearest = min(alike, key=lambda n: abs(values[n] - int(self.agreed[place])))
        return int(values[nearest]), found[nearest]

    def _allowed(self, place: int) -> tuple[int, int]:
        allowed = self.range[place]
        assert allowed is not None  # noqa: S101  (only those that may change are looked at)
        return allowed

    def _changed(self, points: Whole, chosen: tuple[int, ...], fitted: ScoreLine) -> tuple[ChangedPoints, ...]:
        errors = self._errors(points, chosen, fitted)
        return tuple(
            ChangedPoints(
                self.of.criteria[place],
                int(points[place]),
                None if error is None else float(points[place]) - Z95 * error,
                None if error is None else float(points[place]) + Z95 * error,
            )
            for place, error in zip(chosen, errors, strict=True)
        )

    def _errors(self, points: Whole, chosen: tuple[int, ...], fitted: ScoreLine) -> list[float | None]:
        """The standard error of each changed criterion's points, the line and the others fitted along (Fisher)."""
        if not chosen or fitted.odds_a_point <= 0.0:
            return [None] * len(chosen)
        sums, scores = self.of.sums(points), self.of.scores(points)
        # Where a cap holds, a point more is none.
        counts = sums < self.of.caps[:, None]
        design = np.stack(
            [
                np.ones(len(scores)),
                scores.astype(np.float64),
                *(fitted.odds_a_point * self.of.times[:, place] * counts[self.of.category[place]] for place in chosen),
            ]
        )
        chance = fitted.chance(scores)
        information = (design * (chance * (1 - chance))) @ design.T
        size = np.sqrt(np.diag(information))
        if (size <= 0.0).any():
            return [None] * len(chosen)
        scaled = information / size[:, None] / size[None, :]
        if np.linalg.eigvalsh(scaled)[0] < 1e-9:
            return [None] * len(chosen)
        errors = np.sqrt(np.diag(np.linalg.inv(scaled))) / size
        return [float(error) for error in errors[2:]]


def _with(points: Whole, place: int, value: int) -> Whole:
    moved = points.copy()
    moved[place] = value
    return moved


def _lines(scores: Sequence[Whole], accepted: Mask) -> list[ScoreLine]:
    """The line of each of some scorings (n,) of the same hand-offs."""
    low, high = min(int(one.min()) for one in scores), max(int(one.max()) for one in scores)
    width = high - low + 1
    side = accepted.astype(np.int64)
    # There are few scores, and hand-offs of one score are alike: only their numbers count.
    tables = np.stack(
        [np.bincount(2 * (one - low) + side, minlength=2 * width).reshape(width, 2) for one in scores]
    ).astype(np.float64)
    yes, count = tables[:, :, 1], tables.sum(axis=2)
    x = np.arange(low, high + 1, dtype=np.float64)
    total = count.sum(axis=1)
    mean = (count @ x) / total
    spread = np.sqrt(np.maximum((count * (x - mean[:, None]) ** 2).sum(axis=1) / total, 1e-12))
    z = (x - mean[:, None]) / spread[:, None]
    share = np.clip((yes.sum(axis=1) + 0.5) / (total + 1.0), 1e-9, 1 - 1e-9)
    level, slope = np.log(share / (1 - share)), np.zeros(len(scores))
    for _ in range(ROUNDS_AT_MOST):
        chance = _chance(level[:, None] + slope[:, None] * z)
        rest, weight = yes - count * chance, count * chance * (1 - chance)
        up_level, up_slope = rest.sum(axis=1) - RIDGE * level, (rest * z).sum(axis=1) - RIDGE * slope
        a, b, c = weight.sum(axis=1) + RIDGE, (weight * z).sum(axis=1), (weight * z * z).sum(axis=1) + RIDGE
        determinant = np.maximum(a * c - b * b, 1e-12)
        step_level = np.clip((c * up_level - b * up_slope) / determinant, -2.0, 2.0)
        step_slope = np.clip((a * up_slope - b * up_level) / determinant, -2.0, 2.0)
        level, slope = level + step_level, slope + step_slope
        if max(np.abs(step_level).max(), np.abs(step_slope).max()) < STILL:
            break
    # A score that speaks against its leads says no more than none would.
    falls = slope <= 0.0
    level, slope = np.where(falls, np.log(share / (1 - share)), level), np.where(falls, 0.0, slope)
    odds = level[:, None] + slope[:, None] * z
    likelihood = (yes * odds - count * np.logaddexp(0.0, odds)).sum(axis=1)
    return [
        ScoreLine(float(one - rise * middle / wide), float(rise / wide), float(value))
        for one, rise, middle, wide, value in zip(level, slope, mean, spread, likelihood, strict=True)
    ]


def _chance(odds: Real) -> Real:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -35.0, 35.0))))
