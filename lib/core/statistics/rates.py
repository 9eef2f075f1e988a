"""How much evidence a number rests on: rates with their interval, and which differences are real.

The methods are statsmodels' and SciPy's. Wilson's score interval (Wilson 1927) for
a share. The two-proportion score test with a pooled share for a difference, only
where all four expected counts are 5 or more (Cochran 1954). Where several
differences are looked at together, Holm's step-down correction (Holm 1979): the
chance that even one of those called real is noise stays below 5 %, however the
comparisons depend on one another, as they do when each group is set against the rest. A page
that shows several such families divides the 5 % among them (Bonferroni), so that it holds for the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

ENOUGH = 10
"""With fewer decided, a rate is shown as its counts alone."""

LEAST_EXPECTED = 5.0
"""Every expected count of a two-by-two table that is tested."""

SIGNIFICANCE = 0.05

Counts = Sequence[int] | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that knows how much evidence it rests on; `low95` and `high95` are None when that is too little."""

    successes: int
    trials: int
    low95: float | None
    high95: float | None

    @property
    def share(self) -> float | None:
        """Successes ÷ trials, None where the counts stand alone."""
        return None if self.low95 is None else self.successes / self.trials


class Verdict(StrEnum):
    """What a comparison says: a real difference, none that chance could not make, or too little to say."""

    HIGHER = "higher"
    LOWER = "lower"
    NOISE = "noise"
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rates set against each other; the verdict is about `rate`.

    `p_value` is corrected for all comparisons of its page; None when too few.
    """

    rate: Rate
    other: Rate
    p_value: float | None
    verdict: Verdict


def rates(successes: Counts, trials: Counts, decided: Counts | None = None) -> tuple[Rate, ...]:
    """Shares with their Wilson 95 % interval; where fewer than 10 are `decided` (else tried), the counts alone."""
    k, n = np.asarray(successes, dtype=np.int64), np.asarray(trials, dtype=np.int64)
    enough = (n > 0) & (np.asarray(n if decided is None else decided) >= ENOUGH)
    low, high = np.zeros(len(k)), np.zeros(len(k))
    if enough.any():
        low[enough], high[enough] = wilson(k[enough], n[enough])
    return tuple(
        Rate(one, of, lower, upper) if shown else Rate(one, of, None, None)
        for one, of, lower, upper, shown in zip(
            k.tolist(), n.tolist(), low.tolist(), high.tolist(), enough.tolist(), strict=True
        )
    )


def wilson(
    successes: npt.NDArray[Any], trials: npt.NDArray[Any]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The bounds of each share's Wilson 95 % interval, however little it rests on (1 trial or more); shapes (n,)."""
    from statsmodels.stats.proportion import proportion_confint  # A second to load, for those who need it.

    low, high = proportion_confint(successes, trials, method="wilson")
    return np.asarray(low), np.asarray(high)


def rate(successes: int, trials: int) -> Rate:
    """One share with its Wilson 95 % interval; of fewer than 10, the counts alone."""
    return rates([successes], [trials])[0]


def compared_with_rest(successes: Counts, trials: Counts, families: int) -> tuple[Comparison, ...]:
    """Each group's rate against that of all other groups together, corrected as `compared` does."""
    k, n = np.asarray(successes, dtype=np.int64), np.asarray(trials, dtype=np.int64)
    return compared(rates(k, n), rates(k.sum() - k, n.sum() - n), families)


def compared(ours: Sequence[Rate], others: Sequence[Rate], families: int) -> tuple[Comparison, ...]:
    """Each rate against the other at its place, corrected for as many comparisons as can be made.

    And for how many such `families` of comparisons their page shows.
    """
    raw = [two_proportions(one, other) for one, other in zip(ours, others, strict=True)]
    return tuple(
        Comparison(one, other, p, verdict(p, one.successes * other.trials - other.successes * one.trials))
        for one, other, p in zip(ours, others, holm(raw, families), strict=True)
    )


def two_proportions(one: Rate, other: Rate) -> float | None:
    """The chance of a difference this large were the two shares the same; None where the counts are too small."""
    from statsmodels.stats.proportion import proportions_ztest

    trials = np.array([one.trials, other.trials])
    pooled = (one.successes + other.successes) / max(int(trials.sum()), 1)
    if min(one.trials, other.trials) < ENOUGH or trials.min() * min(pooled, 1 - pooled) < LEAST_EXPECTED:
        return None
    return float(proportions_ztest([one.successes, other.successes], trials)[1])


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two shares with its 95 % interval; `p_value` is the chance of one as large were there none.

    The chance is None where the counts are too small for it.
    """

    value: float
    low95: float
    high95: float
    p_value: float | None


def difference(one: Rate, other: Rate) -> Difference | None:
    """The first share less the second, with Newcombe's interval (1998, method 10); None where either stands alone.

    The interval is made of both Wilson intervals, so that it is none of a normal distribution's
    where shares are near 0 or 1, and never leaves what a difference can be.
    """
    if one.low95 is None or one.high95 is None or other.low95 is None or other.high95 is None:
        return None
    ours, theirs = one.successes / one.trials, other.successes / other.trials
    value = ours - theirs
    return Difference(
        value,
        value - float(np.hypot(ours - one.low95, other.high95 - theirs)),
        value + float(np.hypot(one.high95 - ours, theirs - other.low95)),
        two_proportions(one, other),
    )


def two_counts(one: int, other: int, share: float = 0.5) -> float | None:
    """The chance of a difference this large were two periods alike; None below 10 events together.

    `share` is the first period's part of the time of both: so many of the events
    would fall into it (Przyborowski and Wilenski 1940). It takes events for independent of one another, as answers of
    one owner may be; weeks' volumes vary more than that: `lib.core.statistics.weeks.two_volumes`.
    """
    from scipy.stats import binomtest

    return float(binomtest(one, one + other, share).pvalue) if one + other >= ENOUGH else None


def holm(p_values: Sequence[float | None], families: int) -> list[float | None]:
    """The chances corrected for how many of them there are, and for how many such families a page shows.

    None stays None and is not counted.
    """
    known = np.array([p for p in p_values if p is not None], dtype=np.float64)
    order = np.argsort(known, kind="stable")
    # statsmodels' multipletests gives the same, and collects garbage on every call: 55 ms.
    corrected = np.empty(len(known))
    corrected[order] = np.maximum.accumulate(known[order] * np.arange(len(known), 0, -1) * families).clip(max=1.0)
    values = iter(corrected.tolist())
    return [None if p is None else next(values) for p in p_values]


def verdict(p_value: float | None, difference: float) -> Verdict:
    """What a corrected chance and the sign of the difference say."""
    if p_value is None:
        return Verdict.TOO_FEW
    if p_value >= SIGNIFICANCE:
        return Verdict.NOISE
    return Verdict.HIGHER if difference > 0 else Verdict.LOWER


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a score tells two groups apart.

    `share` is the chance that one of the first group scores higher than one of
    the second, ties counting half: 0.5 says the score tells nothing. `p_value` is that of the
    Mann–Whitney test; both are None where either group has fewer than 10.
    """

    share: float | None
    p_value: float | None


def separation(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> Separation:
    """How much more one group scores than the other; unknown scores (NaN) are left out."""
    from scipy.stats import mannwhitneyu

    ours, theirs = first[~np.isnan(first)], second[~np.isnan(second)]
    if min(len(ours), len(theirs)) < ENOUGH:
        return Separation(None, None)
    if np.unique(np.concatenate([ours, theirs])).size == 1:
        return Separation(0.5, 1.0)
    found = mannwhitneyu(ours, theirs, method="asymptotic")
    return Separation(float(found.statistic) / (len(ours) * len(theirs)), float(found.pvalue))
