"""Whether scores inflate: their distribution by month, and whether the same score still means the same.

Both are trends over the window, tested together (Holm). Points of score from the first hand-over to the last: least
squares, with errors that hold whatever the spread (HC3: MacKinnon and White 1985). Acceptance at equal score: the
regression of `lib.core.statistics.regression` on the score, its square and time. Every hand-off is scored under the
definition as of its own hand-over, so that a change of the definition is no drift.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Real
from lib.core.evidence.criteria import Judged
from lib.core.handoffs.choosing import BAND_POINTS
from lib.core.statistics.rates import ENOUGH, SIGNIFICANCE, Difference, Rate, holm, rates
from lib.core.statistics.regression import Z95, NotConverged, effect_of_having, fit
from lib.core.time.periods import By, periods

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Month:
    """The hand-offs of one month that have a score: its quartiles (None below 10), and how the decided ones fared.

    `expected` is the share that would have been accepted had each score band of the month fared as in the
    whole window; None where the rate stands as counts alone.
    """

    month: date
    partial: bool
    handoffs: int
    score_quartiles: tuple[float, float, float] | None
    accepted: Rate
    expected: float | None


@dataclass(frozen=True, slots=True)
class Drift:
    """The months of a window, and both trends from its first hand-over to its last; None where they cannot be told.

    `scores` is in points of score, `at_equal_score` in shares; their chances are corrected for both.
    """

    months: tuple[Month, ...]
    scores: Difference | None
    at_equal_score: Difference | None


def drift(of: Judged) -> Drift:
    """How scores at hand-over, and what they mean, moved over the window."""
    scored = ~np.isnan(of.score)
    trends = [_of_scores(of, scored), _at_equal_score(of, scored & of.decided)]
    corrected = holm([None if trend is None else trend.p_value for trend in trends], families=1)
    scores, at_equal_score = (
        None if trend is None else replace(trend, p_value=p) for trend, p in zip(trends, corrected, strict=True)
    )
    return Drift(_months(of, scored), scores, at_equal_score)


def is_real(trend: Difference | None) -> bool:
    """Is there a trend that chance would hardly make?"""
    return trend is not None and trend.p_value is not None and trend.p_value < SIGNIFICANCE


def _months(of: Judged, scored: npt.NDArray[np.bool_]) -> tuple[Month, ...]:
    split = periods(of.window, By.MONTH, of.handoffs.as_of)
    number = np.where(scored, split.of(of.handoffs.mql_at), -1)
    decided = of.decided & (number >= 0)
    accepted = np.bincount(number[decided & of.accepted], minlength=len(split))
    trials = np.bincount(number[decided], minlength=len(split))
    # A band's rate over the whole window, for each decided hand-off.
    band = np.floor_divide(of.score[decided], BAND_POINTS).astype(np.int64)
    _, place = np.unique(band, return_inverse=True)
    of_band = np.bincount(place, of.accepted[decided]) / np.maximum(np.bincount(place), 1)
    expected = np.bincount(number[decided], of_band[place], minlength=len(split))
    found = []
    for n, rate in enumerate(rates(accepted, trials)):
        scores = of.score[number == n]
        low, middle, high = np.quantile(scores, QUARTILES).tolist() if len(scores) >= ENOUGH else (None, None, None)
        found.append(
            Month(
                split.first_days[n],
                split.partial[n],
                len(scores),
                None if low is None or middle is None or high is None else (low, middle, high),
                rate,
                None if rate.share is None else float(expected[n] / rate.trials),
            )
        )
    return tuple(found)


def _elapsed(at: npt.NDArray[np.int64]) -> Real | None:
    """How much of the time from the first instant to the last has passed at each; None where none passes."""
    if not len(at) or at.max() == at.min():
        return None
    return np.asarray((at - at.min()) / (at.max() - at.min()))


def _of_scores(of: Judged, scored: npt.NDArray[np.bool_]) -> Difference | None:
    from scipy.stats import norm

    elapsed, score = _elapsed(of.handoffs.mql_at[scored]), of.score[scored]
    if elapsed is None or len(score) < 2 * ENOUGH:
        return None
    away = elapsed - elapsed.mean()
    spread = float(away @ away)
    slope = float(away @ score) / spread
    # Each residual is enlarged by what its own point has pulled the line to itself.
    residual = (score - score.mean() - slope * away) / (1 - 1 / len(score) - away**2 / spread)
    error = float(np.sqrt(away**2 @ residual**2)) / spread
    p_value = 1.0 if np.ptp(score) == 0 else float(2 * norm.sf(abs(slope) / error))
    return Difference(slope, slope - Z95 * error, slope + Z95 * error, p_value)


def _at_equal_score(of: Judged, decided: npt.NDArray[np.bool_]) -> Difference | None:
    elapsed, score, accepted = _elapsed(of.handoffs.mql_at[decided]), of.score[decided], of.accepted[decided]
    if elapsed is None or min(accepted.sum(), len(accepted) - accepted.sum()) < ENOUGH:
        return None
    spread = float(score.std())
    standard = (score - score.mean()) / spread if spread > 0 else np.zeros(len(score))
    bend = standard**2 - np.mean(standard**2)
    columns = [np.ones(len(score)), standard, bend] if spread > 0 else [np.ones(len(score))]
    if len(np.unique(score)) < len(columns):
        columns = columns[:2]
    design = np.column_stack([*columns, elapsed])
    try:
        fitted = fit(design, accepted.astype(np.int64), np.ones(len(score), dtype=np.int64))
    except NotConverged:
        return None
    # At the end against at the beginning, where nothing had passed.
    design[:, -1] = 1.0
    passed = np.arange(design.shape[1]) == design.shape[1] - 1
    return effect_of_having(fitted, design, np.arange(len(score)), passed, np.ones(len(score)))


def drift_in_words(found: Drift) -> str:
    """Whether points inflate, in one sentence."""
    if found.scores is None or found.at_equal_score is None:
        return "Too few hand-offs with a score are decided to say whether scores drift."
    scores, meaning = found.scores, found.at_equal_score
    span = _span(found)
    said = f"from {_points(scores.low95)} to {_points(scores.high95)}"
    moved = f"{'rose' if scores.value > 0 else 'fell'} by {_points(abs(scores.value))} points ({said})"
    shares = (
        f"sales accepted {abs(meaning.value) * 100:.0f} in 100 {'more' if meaning.value > 0 else 'fewer'}"
        f" (from {_points(meaning.low95 * 100)} to {_points(meaning.high95 * 100)})"
    )
    if is_real(scores) and is_real(meaning):
        end = "points inflate." if scores.value > 0 > meaning.value else "the same score no longer means the same."
        return f"{span} scores at hand-over {moved}, and at the same score {shares} at the end: {end}"
    if is_real(scores):
        return f"{span} scores at hand-over {moved}; what the same score means moved by no more than noise."
    if is_real(meaning):
        end = "is worth less" if meaning.value < 0 else "is worth more"
        return f"{span} scores at hand-over moved by no more than noise, but the same score {end}: {shares} at the end."
    return f"{span} neither the scores at hand-over nor what they mean moved by more than noise."


def _span(found: Drift) -> str:
    seen = [month for month in found.months if month.handoffs]
    first, last = seen[0].month, seen[-1].month
    return f"In {first:%B %Y}" if first == last else f"From {first:%B} to {last:%B %Y}"


def _points(number: float) -> str:
    written = f"{abs(number):.0f}" if abs(number) >= 9.95 else f"{abs(number):.1f}".removesuffix(".0")
    return f"−{written}" if number < 0 and written != "0" else written
