"""How much of a difference is left when other things are held fixed: logistic regression that always has an answer.

The fit maximises the likelihood times Jeffreys' prior (Firth 1993; Heinze and Schemper 2002): it stays finite where
something splits the decisions perfectly, and is less biased where they are few. Effects are read off as differences of
shares, not as odds: over the hand-offs that had something, what would be otherwise without it, on average (the average
effect on those who had it), with an interval by the delta method. docs/decisions/0009 says why.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.core.matching import Mask
from lib.core.statistics import Difference

Real = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

Z95 = 1.959963984540054
"""Of the standard normal distribution, 95 % lie so far from its middle or nearer."""

ROUNDS_AT_MOST = 60
STILL = 1e-6
"""A fit whose coefficients move by less has been found."""

TIMES_AT_MOST = 4

DEPENDENT = 1e-7
"""A direction of the design with less of its spread than this is none."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Hand-offs that had the same things as often, counted together; g groups, c things.

    `design` (g, p) begins with a constant 1; its column `p` belongs to the thing
    `thing[p]` (-1: none), and the first of a thing's columns says whether it was had at all. `trials`
    (g,) counts the hand-offs of each group, and `group` (n,) is the group of each hand-off.
    """

    design: Real
    thing: Whole
    trials: Whole
    group: Whole

    @property
    def things(self) -> int:
        return int(self.thing.max(initial=-1)) + 1

    def successes(self, reached: Mask) -> Whole:
        """How many hand-offs of each group are among those that reached a stage (n,)."""
        return np.bincount(self.group[reached], minlength=len(self.trials))


def grouped(times: npt.NDArray[np.uint8], repeats: Mask) -> Groups:
    """The hand-offs (n, c) by how often each had each thing; for those of `repeats` (c,) it matters how often.

    A fifth time counts like the fourth: who did something a hundred times is not to decide what once is worth.
    """
    levels = np.where(repeats, np.minimum(times, TIMES_AT_MOST), np.minimum(times, 1)).astype(np.uint8)
    packed = np.ascontiguousarray(np.hstack([np.zeros((len(levels), 1), np.uint8), levels]))
    _, example, group = np.unique(
        packed.view(np.dtype((np.void, packed.shape[1]))).ravel(), return_index=True, return_inverse=True
    )
    of_group = levels[example].astype(np.float64)
    again = np.flatnonzero(repeats)
    return Groups(
        design=np.hstack([np.ones((len(example), 1)), np.minimum(of_group, 1.0), (of_group[:, again] - 1.0).clip(0.0)]),
        thing=np.concatenate([[-1], np.arange(times.shape[1]), again]).astype(np.int64),
        trials=np.bincount(group, minlength=len(example)),
        group=group,
    )


@dataclass(frozen=True, eq=False)
class Fitted:
    """The log odds of success as a sum: `coefficients` (p,) and their `covariance` (p, p)."""

    coefficients: Real
    covariance: Real


def fit(design: Real, successes: Whole, trials: Whole, start: Real | None = None) -> Fitted:
    """The coefficients for a design (g, p) of full rank, g groups of `trials` with so many `successes`."""
    n, k = trials.astype(np.float64), successes.astype(np.float64)
    coefficients = np.zeros(design.shape[1]) if start is None else start
    information, penalised = _information(design, coefficients, k, n)
    for _ in range(ROUNDS_AT_MOST):
        covariance = np.linalg.inv(information)
        share = _share(design @ coefficients)
        leverage = share * (1 - share) * np.einsum("gp,gp->g", design @ covariance, design)
        score = design.T @ (k - n * share + n * leverage * (0.5 - share))
        step = covariance @ score
        # A step of more than 5 in log odds is a leap into where nothing is known.
        step *= min(1.0, 5.0 / max(float(np.abs(step).max(initial=0.0)), 1e-300))
        for _halving in range(12):
            moved = coefficients + step
            information, better = _information(design, moved, k, n)
            if better >= penalised - 1e-10 * abs(penalised):
                break
            step = step / 2
        coefficients, penalised = moved, better
        if np.abs(step).max(initial=0.0) < STILL:
            break
    return Fitted(coefficients, np.asarray(np.linalg.inv(information), dtype=np.float64))


def _information(design: Real, coefficients: Real, k: Real, n: Real) -> tuple[Real, float]:
    """Fisher's information, and the log likelihood with Jeffreys' prior."""
    log_odds = design @ coefficients
    share = _share(log_odds)
    information = (design * (n * share * (1 - share))[:, None]).T @ design
    likelihood = float(k @ log_odds - n @ np.logaddexp(0.0, log_odds))
    return information, likelihood + 0.5 * float(np.linalg.slogdet(information)[1])


def _share(log_odds: Real) -> Real:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -35.0, 35.0))))


def effect_of_setting(fitted: Fitted, without: Real, with_it: Real, weights: Real) -> Difference:
    """What changing the design (g, p) from `without` to `with_it` does to the share, on average over the groups."""
    part = weights / weights.sum()
    lower, upper = _share(without @ fitted.coefficients), _share(with_it @ fitted.coefficients)
    value = float(part @ (upper - lower))
    gradient = with_it.T @ (part * upper * (1 - upper)) - without.T @ (part * lower * (1 - lower))
    error = float(np.sqrt(gradient @ fitted.covariance @ gradient))
    return difference_of(value, error)


def difference_of(value: float, standard_error: float) -> Difference:
    """A difference and its interval from its standard error, kept within what a difference of shares can be."""
    from scipy.stats import norm

    if standard_error <= 0.0:
        return Difference(value, value, value, 1.0)
    return Difference(
        value,
        max(value - Z95 * standard_error, -1.0),
        min(value + Z95 * standard_error, 1.0),
        float(2 * norm.sf(abs(value) / standard_error)),
    )


def effects(groups: Groups, successes: Whole) -> tuple[Difference | None, ...]:
    """For each thing, how the share of those that had it would differ had they not, all else as it was.

    In the order of the things; None where that cannot be told: none had it or all did,
    or who had it follows from the others.
    """
    told = distinguishable(groups.design, groups.trials)[1 : groups.things + 1]
    if not told.any():
        return (None,) * groups.things
    kept = independent(groups.design, groups.trials)
    design, thing = groups.design[:, kept], groups.thing[kept]
    fitted = fit(design, successes, groups.trials)
    found: list[Difference | None] = []
    for number, is_told in enumerate(told.tolist()):
        if not is_told:
            found.append(None)
            continue
        having = groups.design[:, 1 + number] > 0
        with_it = design[having]
        without = np.where(thing == number, 0.0, with_it)
        found.append(effect_of_setting(fitted, without, with_it, groups.trials[having].astype(np.float64)))
    return tuple(found)


def distinguishable(design: Real, weights: npt.NDArray[np.generic]) -> Mask:
    """Which columns of a design (g, p) do not follow from the others; the first is the constant. Shape (p,)."""
    scaled = _scaled_gram(design, weights)
    values, vectors = np.linalg.eigh(scaled)
    nothing = values < DEPENDENT * max(float(values.max(initial=0.0)), 1.0)
    return np.asarray((np.diag(scaled) > 0.5) & ~(np.abs(vectors[:, nothing]) > 1e-4).any(axis=1))


def independent(design: Real, weights: npt.NDArray[np.generic]) -> Whole:
    """Columns of a design (g, p), ascending, that span all of it and none of which follows from those before it."""
    gram = _scaled_gram(design, weights)
    kept: list[int] = []
    for column in range(len(gram)):
        among = gram[np.ix_([*kept, column], [*kept, column])]
        if np.linalg.eigvalsh(among)[0] > DEPENDENT:
            kept.append(column)
    return np.array(kept, dtype=np.int64)


def _scaled_gram(design: Real, weights: npt.NDArray[np.generic]) -> Real:
    """The columns' products, each column of length 1 (0 where it is empty)."""
    gram = (design * weights.astype(np.float64)[:, None]).T @ design
    length = np.sqrt(np.diag(gram))
    length = np.where(length > 0, length, np.inf)
    return np.asarray(gram / length[:, None] / length[None, :])
