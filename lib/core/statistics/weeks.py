"""What the weeks to come bring by those that were: prediction intervals, trend, season, and how much weeks vary.

A prediction interval is not the interval of the average week: it says where the mean of the next w weeks
will lie, whose own noise it has to hold. The weeks are set on a line by least squares, and the line's slope is
always among what is not known, found significant or not: an interval that looks whether there is a trend, and leaves
it out where 26 weeks do not show one, holds 74 % of what comes under a growth of a tenth (docs/decisions/0027).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.core.statistics.rates import SIGNIFICANCE, two_counts, wilson

FEWEST_WEEKS = 4
"""A line through three weeks leaves one of them to say how far weeks lie from it."""

WEEKS_THAT_TELL = 8
"""Fewer say too little of how much weeks vary."""

SEASON_SIGNIFICANCE = 0.01
"""One year says whether a season is there; it must say so loudly, for the forecast then follows that one year."""


@dataclass(frozen=True, slots=True)
class Trend:
    """By how much each week differs from the one before it, over so many weeks: the slope of their line."""

    per_week: float
    p_value: float

    @property
    def real(self) -> bool:
        """Is it there, or could weeks without any trend lie so?"""
        return self.p_value < SIGNIFICANCE


@dataclass(frozen=True, slots=True)
class Ahead:
    """The mean of the next weeks: the value to be expected, and the interval that holds it with 95 %.

    `season` is by how much the same weeks of the year before stood above (1.2) or below (0.8) what the weeks
    before them led to expect, None where that is not known, or was no more than noise.
    """

    expected: float
    low95: float
    high95: float
    season: float | None = None


def trend(volumes: Sequence[float]) -> Trend | None:
    """The trend of consecutive weeks' volumes, oldest first; None for fewer than 4."""
    from scipy import stats

    y = np.asarray(volumes, dtype=np.float64)
    if len(y) < FEWEST_WEEKS:
        return None
    line = _line(y)
    if not line.scatter:
        return Trend(line.slope, 0.0 if line.slope else 1.0)
    t = abs(line.slope) / (line.scatter / np.sqrt(line.spread))
    return Trend(line.slope, float(2 * stats.t.sf(t, len(y) - 2)))


def ahead(volumes: Sequence[float], weeks: int, year_ago: Sequence[float] | None) -> Ahead | None:
    """Where the mean of the next `weeks` weeks will lie, by consecutive weeks' volumes, oldest first.

    t(n − 2) · s · √(1/n + 1/w + d²/Σ(x − x̄)²), d being how far the next weeks' middle lies from the middle of
    those that were; nothing below 0. `year_ago` are the weeks one year before the volumes and, following
    them, before those to come: at least n + w of them, else ValueError. None for fewer than 4 volumes.
    """
    from scipy import stats

    y = np.asarray(volumes, dtype=np.float64)
    if len(y) < FEWEST_WEEKS:
        return None
    expected, error = _forecast(y, weeks)
    season = None if year_ago is None else _season(np.asarray(year_ago, dtype=np.float64), len(y), weeks)
    if season is not None:
        # What one year says of the season is itself uncertain: its error adds to that of the weeks.
        error = float(np.hypot(season.ratio * error, expected * season.error))
        expected *= season.ratio
    margin = float(stats.t.ppf(0.975, len(y) - 2)) * error
    return Ahead(
        max(expected, 0.0),
        max(expected - margin, 0.0),
        max(expected + margin, 0.0),
        None if season is None else season.ratio,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """Least squares over evenly spaced weeks; `scatter` is the residuals' standard deviation, `spread` Σ(x − x̄)²."""

    middle: float
    slope: float
    scatter: float
    spread: float


def _line(y: npt.NDArray[np.float64]) -> _Line:
    x = np.arange(len(y)) - (len(y) - 1) / 2
    spread = float(x @ x)
    slope = float(x @ y) / spread
    left = y - y.mean() - slope * x
    scatter = float(np.sqrt(left @ left / (len(y) - 2)))
    # Residuals of a perfect line are rounding errors, which would pass for a scatter.
    return _Line(float(y.mean()), slope, scatter if scatter > 1e-9 * max(1.0, abs(float(y.mean()))) else 0.0, spread)


def _forecast(y: npt.NDArray[np.float64], weeks: int) -> tuple[float, float]:
    """The mean of the next weeks by the line, and its standard error as a prediction."""
    line, distance = _line(y), (len(y) + weeks) / 2
    error = line.scatter * np.sqrt(1 / len(y) + 1 / weeks + distance**2 / line.spread)
    return line.middle + line.slope * distance, float(error)


@dataclass(frozen=True, slots=True)
class _Season:
    ratio: float
    error: float


def _season(year_ago: npt.NDArray[np.float64], before: int, weeks: int) -> _Season | None:
    """What the weeks to come did a year ago to the line of those before them; None where noise may have done it."""
    from scipy import stats

    if len(year_ago) < before + weeks:
        raise ValueError(f"a season of {weeks} weeks after {before} needs {before + weeks}, got {len(year_ago)}")
    then, came = year_ago[:before], float(year_ago[before : before + weeks].mean())
    expected, error = _forecast(then, weeks)
    if expected <= 0 or not then.any():
        return None
    if abs(came - expected) <= float(stats.t.ppf(1 - SEASON_SIGNIFICANCE / 2, before - 2)) * error:
        return None
    return _Season(came / expected, error / expected)


def share_ahead(
    share: float | None, low95: float | None, high95: float | None, tries: float
) -> tuple[float | None, float | None]:
    """The 95 % prediction interval of a share of so many tries to come, by the interval of the chance behind them.

    What is not known of the chance and the tries' own binomial noise are independent: each side is the root of the
    squares (Zou and Donner 2008). Nothing is said where nothing is known, or below one try.
    """
    if share is None or low95 is None or high95 is None or tries < 1:
        return None, None
    low, high = (float(ends[0]) for ends in wilson(np.array([share * tries]), np.array([tries])))
    return (
        max(share - math.hypot(share - low95, share - low), 0.0),
        min(share + math.hypot(high95 - share, high - share), 1.0),
    )


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How much consecutive weeks' counts vary: variance ÷ mean, over so many weeks."""

    ratio: float
    weeks: int


def dispersion(volumes: Sequence[int] | npt.NDArray[np.int64]) -> Dispersion | None:
    """1 where weeks vary as chance alone makes them, and never less; None for fewer than 8 weeks."""
    y = np.asarray(volumes, dtype=np.float64)
    if len(y) < WEEKS_THAT_TELL:
        return None
    return Dispersion(max(float(y.var(ddof=1) / y.mean()), 1.0) if y.any() else 1.0, len(y))


def dispersion_given(volumes: Sequence[int], exposures: Sequence[float]) -> Dispersion | None:
    """How much weeks' counts vary around one share of so many each (Pearson's χ² ÷ degrees of freedom), 1 or more.

    Weeks without exposure say nothing; None for fewer than 8 others.
    """
    some = np.asarray(exposures) > 0
    y, n = np.asarray(volumes, dtype=np.float64)[some], np.asarray(exposures, dtype=np.float64)[some]
    if len(y) < WEEKS_THAT_TELL:
        return None
    expected = n * y.sum() / n.sum()
    return Dispersion(
        max(float(((y - expected) ** 2 / expected).sum() / (len(y) - 1)), 1.0) if y.any() else 1.0, len(y)
    )


def two_volumes(one: int, other: int, share: float, dispersed: Dispersion | None) -> float | None:
    """The chance of a difference this large were two periods alike, whose weeks vary as `dispersed` says.

    `share` is the first period's part of the time of both. Student's t, for how much the weeks vary is itself learned
    from so many of them; never less than what independent events would give. None below 10 together, and where nobody
    knows how much weeks vary.
    """
    from scipy import stats

    alone = two_counts(one, other, share)
    if alone is None or dispersed is None:
        return None
    error = math.sqrt(dispersed.ratio * (one + other) * share * (1 - share))
    t = abs(one * (1 - share) - other * share) / error
    return max(alone, float(2 * stats.t.sf(t, dispersed.weeks - 1)))
