"""How much of a difference is left when other things are held fixed: logistic regression that always has an answer.

The fit maximises the likelihood times Jeffreys' prior (Firth 1993; Heinze and Schemper 2002): it stays finite where
something splits the decisions perfectly, and is less biased where they are few. Effects are read off as differences of
shares, not as odds: over the hand-offs that had something, what would be otherwise without it, on average (the average
effect on those who had it), with an interval by the delta method. docs/decisions/0009 says why.
"""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from lib.core.arrays import Mask, Real, Whole
from lib.core.statistics.rates import Difference

Z95 = 1.959963984540054
"""Of the standard normal distribution, 95 % lie so far from its middle or nearer."""

ROUNDS_AT_MOST, DAMPED_FROM = 60, 15
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


class NotConverged(Exception):
    """No coefficients were found that stand still: nothing can be said by this fit."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """The log odds of success as a sum: `coefficients` (p,) and their `covariance` (p, p)."""

    coefficients: Real
    covariance: Real


def fit(design: Real, successes: Whole, trials: Whole) -> Fitted:
    """The coefficients for a design (g, p) of full rank, g groups of `trials` with so many `successes`.

    Raises NotConverged where they still move after ROUNDS_AT_MOST rounds.
    """
    design = np.ascontiguousarray(design)
    n, k = trials.astype(np.float64), successes.astype(np.float64)
    columns = design.shape[1]
    share, information, score = np.empty(len(design)), np.empty((columns, columns)), np.empty(columns)

    def penalised_at(coefficients: Real) -> float:
        """The log likelihood with Jeffreys' prior; `share` and `information` are then those of these coefficients."""
        likelihood = float(_inform(design, coefficients, k, n, share, information))
        return likelihood + 0.5 * float(np.linalg.slogdet(information)[1])

    coefficients = np.zeros(columns)
    penalised = penalised_at(coefficients)
    for number in range(ROUNDS_AT_MOST):
        covariance = np.linalg.inv(information)
        _score(design, share, k, n, covariance, score)
        step = covariance @ score
        # A step of more than 5 in log odds is a leap into where nothing is known.
        step *= min(1.0, 5.0 / max(float(np.abs(step).max(initial=0.0)), 1e-300))
        if number >= DAMPED_FROM:
            # Where hardly anybody had a thing, whole steps can go to and fro over the top for ever.
            step = step / 2
        before = penalised
        for _halving in range(12):
            penalised = penalised_at(coefficients + step)
            if penalised >= before - 1e-10 * abs(before):
                break
            step = step / 2
        coefficients = coefficients + step
        if np.abs(step).max(initial=0.0) < STILL:
            return Fitted(coefficients, np.asarray(np.linalg.inv(information), dtype=np.float64))
    raise NotConverged(f"still moving by {np.abs(step).max(initial=0.0):.1e} after {ROUNDS_AT_MOST} rounds")


def effect_of_having(
    fitted: Fitted, design: Real, rows: Whole, columns: Mask, weights: npt.NDArray[np.generic]
) -> Difference:
    """How the share of some groups (rows of a design (g, p)) differs from what it were with some columns (p,) at 0.

    On average over these groups, each weighing `weights` (g,).
    """
    gradient = np.zeros(design.shape[1])
    value = _change(
        np.ascontiguousarray(design), rows, columns, weights.astype(np.float64), fitted.coefficients, gradient
    )
    total = float(weights[rows].sum())
    gradient /= total
    return difference_of(value / total, float(np.sqrt(gradient @ fitted.covariance @ gradient)))


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
    who had it follows from the others, or no fit was found.
    """
    told = distinguishable(groups.design, groups.trials)[1 : groups.things + 1]
    if not told.any():
        return (None,) * groups.things
    kept = independent(groups.design, groups.trials)
    design, thing = np.ascontiguousarray(groups.design[:, kept]), groups.thing[kept]
    try:
        fitted = fit(design, successes, groups.trials)
    except NotConverged:
        return (None,) * groups.things
    found: list[Difference | None] = []
    for number, is_told in enumerate(told.tolist()):
        if not is_told:
            found.append(None)
            continue
        having = np.flatnonzero(groups.design[:, 1 + number])
        found.append(effect_of_having(fitted, design, having, thing == number, groups.trials))
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
    share, gram = np.empty(len(design)), np.empty((design.shape[1], design.shape[1]))
    nothing = np.zeros(design.shape[1])
    # Where nothing is known of a share, the information of each hand-off is a quarter of its products.
    _inform(np.ascontiguousarray(design), nothing, np.zeros(len(design)), weights.astype(np.float64), share, gram)
    length = np.sqrt(np.diag(gram))
    length = np.where(length > 0, length, np.inf)
    return np.asarray(gram / length[:, None] / length[None, :])


def warm_up() -> None:
    """Compile the kernels; the machine code is kept on disk."""
    groups = grouped(np.array([[0], [1]] * 20, dtype=np.uint8), np.zeros(1, dtype=np.bool_))
    effects(groups, np.array([5, 15]))


# The kernels, in one pass over the groups and over what is not 0 in them. Compiled without the interpreter's lock as
# those of the replay are. NumPy's library for matrices spreads the same sums over threads that wait for one another:
# seven times as long on a machine that has other things to do.

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def _share_of(log_odds):  # type: ignore[no-untyped-def]
    return 1.0 / (1.0 + np.exp(-min(max(log_odds, -35.0), 35.0)))


@compiled
def _not_zero(row, places):  # type: ignore[no-untyped-def]
    found = 0
    for c in range(len(row)):
        if row[c] != 0.0:
            places[found] = c
            found += 1
    return found


@compiled
def _inform(design, coefficients, k, n, share, information):  # type: ignore[no-untyped-def]
    information[:, :] = 0.0
    places = np.empty(design.shape[1], dtype=np.int64)
    likelihood = 0.0
    for g in range(len(design)):
        count = _not_zero(design[g], places)
        log_odds = 0.0
        for i in range(count):
            log_odds += coefficients[places[i]] * design[g, places[i]]
        share[g] = _share_of(log_odds)
        likelihood += k[g] * log_odds - n[g] * (max(log_odds, 0.0) + np.log1p(np.exp(-abs(log_odds))))
        weight = n[g] * share[g] * (1.0 - share[g])
        for i in range(count):
            part = weight * design[g, places[i]]
            for j in range(i + 1):
                information[places[i], places[j]] += part * design[g, places[j]]
    for i in range(len(information)):
        for j in range(i):
            information[j, i] = information[i, j]
    return likelihood


@compiled
def _score(design, share, k, n, covariance, score):  # type: ignore[no-untyped-def]
    score[:] = 0.0
    places = np.empty(design.shape[1], dtype=np.int64)
    for g in range(len(design)):
        count = _not_zero(design[g], places)
        spread = 0.0
        for i in range(count):
            for j in range(count):
                spread += design[g, places[i]] * covariance[places[i], places[j]] * design[g, places[j]]
        leverage = share[g] * (1.0 - share[g]) * spread
        residual = k[g] - n[g] * share[g] + n[g] * leverage * (0.5 - share[g])
        for i in range(count):
            score[places[i]] += residual * design[g, places[i]]


@compiled
def _change(design, rows, columns, weights, coefficients, gradient):  # type: ignore[no-untyped-def]
    value = 0.0
    for g in rows:
        log_odds, rest = 0.0, 0.0
        for c in range(design.shape[1]):
            part = coefficients[c] * design[g, c]
            log_odds += part
            rest += 0.0 if columns[c] else part
        upper, lower = _share_of(log_odds), _share_of(rest)
        value += weights[g] * (upper - lower)
        for c in range(design.shape[1]):
            left = 0.0 if columns[c] else lower * (1.0 - lower)
            gradient[c] += weights[g] * (upper * (1.0 - upper) - left) * design[g, c]
    return value


if __name__ == "__main__":
    warm_up()
