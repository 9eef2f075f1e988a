"""Logistic regression with normal priors: the fit, how likely the decisions are under it, and tests of what it lacks.

A coefficient of precision 0 is free; one of precision 1/sd² has a normal prior of mean 0. The tests are score tests
under the same priors: residuals vary by what the fit has not taken out of them, W − WXA⁻¹XᵀW (docs/decisions/0025).
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse
from scipy.special import expit
from scipy.stats import chi2

from lib.core.arrays import Real, Whole

ROUNDS_AT_MOST = 60
STILL = 1e-8
"""A fit is found when a round would raise the penalised log likelihood by less, a decision."""

NOTHING = 1e-8
"""A candidate of which the fit leaves a smaller part unexplained is none."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Rows counted together where all their columns are alike: `design` (g, p), and each group's counts (g,)."""

    design: Real
    trials: Real
    successes: Real

    def with_design(self, design: Real) -> "Outcomes":
        return Outcomes(design, self.trials, self.successes)


@dataclass(frozen=True, eq=False)
class Penalised:
    """What was found: `coefficients` (p,) by `precision` (p,), the inverse of the information A (p, p).

    `chance` (g,) is each group's; `log_evidence` the logarithm of the decisions' likelihood under the
    priors, by Laplace, but for a constant of the free coefficients.
    """

    of: Outcomes
    precision: Real
    coefficients: Real
    inverse: Real
    chance: Real
    log_evidence: float

    @property
    def residual(self) -> Real:
        """By group, how many more came than expected; shape (g,)."""
        return np.asarray(self.of.successes - self.of.trials * self.chance)

    @property
    def weight(self) -> Real:
        """By group, the variance of the number that came; shape (g,)."""
        return np.asarray(self.of.trials * self.chance * (1.0 - self.chance))


def fit(of: Outcomes, precision: Real, start: Real | None = None) -> Penalised:
    """The coefficients of the greatest likelihood × prior. There must be both outcomes, or a free constant runs away.

    `start` (p,) is where to begin; the fit is the same wherever that is.
    """
    design, n, k = of.design, of.trials, of.successes
    coefficients = np.zeros(design.shape[1]) if start is None else np.array(start)

    def height(at: Real) -> tuple[float, Real]:
        odds = design @ at
        return float(k @ odds - n @ np.logaddexp(0.0, odds) - 0.5 * (precision * at) @ at), odds

    penalised, odds = height(coefficients)
    still = STILL * max(float(n.sum()), 1.0) * 1e-2
    for _ in range(ROUNDS_AT_MOST):
        chance = expit(odds)
        factor = _information(design, n * chance * (1.0 - chance), precision)
        gradient = design.T @ (k - n * chance) - precision * coefficients
        step = linalg.cho_solve(factor, gradient)
        rise = float(gradient @ step) / 2.0
        moved, moved_odds = height(coefficients + step)
        while moved < penalised and np.abs(step).max(initial=0.0) > 1e-12:
            step = step / 2.0
            moved, moved_odds = height(coefficients + step)
        coefficients, penalised, odds = coefficients + step, moved, moved_odds
        if rise < still:
            break
    chance = expit(odds)
    factor = _information(design, n * chance * (1.0 - chance), precision)
    inverse = linalg.cho_solve(factor, np.eye(len(coefficients)))
    log_det = 2.0 * float(np.log(np.diag(factor[0])).sum())
    evidence = penalised + 0.5 * float(np.log(precision[precision > 0.0]).sum()) - 0.5 * log_det
    return Penalised(of, precision, coefficients, inverse, chance, evidence)


def _information(design: Real, weight: Real, precision: Real) -> tuple[Real, bool]:
    information = design.T @ (design * weight[:, None])
    information[np.diag_indices_from(information)] += precision
    # A free constant that nothing informs would leave no inverse.
    information[np.diag_indices_from(information)] += 1e-10
    factor, lower = linalg.cho_factor(information, check_finite=False)
    return np.asarray(factor), bool(lower)


def sandwich(found: Penalised) -> Real:
    """A⁻¹(Λ + Σ s sᵀ)A⁻¹, what the coefficients vary by as rows did, each a lead of its own; shape (p, p)."""
    n, k, chance, design = found.of.trials, found.of.successes, found.chance, found.of.design
    squares = k * (1.0 - chance) ** 2 + (n - k) * chance**2
    middle = design.T @ (design * squares[:, None])
    middle[np.diag_indices_from(middle)] += found.precision
    return np.asarray(found.inverse @ middle @ found.inverse)


def score_statistics(found: Penalised, candidates: Real) -> Real:
    """For each further column (g, q) alone, χ²₁ of the residuals along it; 0 where the fit leaves nothing of it."""
    weighted = candidates * found.weight[:, None]
    whole = (candidates * weighted).sum(axis=0)
    known = weighted.T @ found.of.design
    left = whole - ((known @ found.inverse) * known).sum(axis=1)
    along = candidates.T @ found.residual
    there = left > NOTHING * np.maximum(whole, 1.0)
    return np.asarray(np.divide(along**2, left, out=np.zeros(len(left)), where=there))


def joint_p_value(found: Penalised, candidates: Real) -> float:
    """The chance of residuals this large along all further columns (g, q) together, if none of them mattered."""
    weighted = candidates * found.weight[:, None]
    return _chance_of(found, candidates.T @ found.residual, candidates.T @ weighted, weighted.T @ found.of.design)


def _chance_of(found: Penalised, along: Real, whole: Real, known: Real) -> float:
    """Of residuals (q,) along columns of so much information (q, q), of which the fit knows (q, p)."""
    values, vectors = np.linalg.eigh(whole - known @ found.inverse @ known.T)
    there = values > NOTHING * max(float(np.diag(whole).max(initial=0.0)), 1.0)
    if not there.any():
        return 1.0
    return float(chi2.sf((((vectors.T @ along)[there]) ** 2 / values[there]).sum(), int(there.sum())))


@dataclass(frozen=True, eq=False)
class RowsOf:
    """The rows behind the groups of a fit: each one's group and whether it came; shapes (n,)."""

    group: Whole
    came: Real


def columns_p_value(found: Penalised, rows: RowsOf, columns: Real) -> float:
    """The same along further columns (n, q) that differ within groups."""
    chance = found.chance[rows.group]
    weighted = columns * (chance * (1.0 - chance))[:, None]
    of_group = sparse.csr_matrix(
        (np.ones(len(chance)), (rows.group, np.arange(len(chance)))), shape=(len(found.chance), len(chance))
    )
    known = (of_group @ weighted).T @ found.of.design
    return _chance_of(found, columns.T @ (rows.came - chance), columns.T @ weighted, known)


@dataclass(frozen=True, eq=False)
class Spread:
    """How much the sums of residuals by cell spread: the chance of as much, and each cell's in its own deviations."""

    p_value: float
    deviations: Real


def spread_of_cells(found: Penalised, rows: RowsOf, cell: Whole, scale: Real) -> Spread:
    """The residuals summed by cell, times `scale` (cells,), squared and added, against Σ λχ² by Satterthwaite.

    `cell` (n,) is each row's, −1 for none.
    """
    cells, within = len(scale), cell >= 0
    if not cells or not within.any():
        return Spread(1.0, np.zeros(cells))
    counts = sparse.csr_matrix(
        (np.ones(int(within.sum())), (cell[within], rows.group[within])), shape=(cells, len(found.chance))
    )
    variance = found.chance * (1.0 - found.chance)
    sums = np.bincount(cell[within], rows.came[within], minlength=cells) - counts @ found.chance
    along = (counts @ (found.of.design * variance[:, None])) * scale[:, None]
    own = (counts @ variance) * scale**2
    taken = along @ found.inverse
    left = np.maximum(own - (taken * along).sum(axis=1), 0.0)
    # The trace of the square of D − BA⁻¹Bᵀ, without making that matrix of cells by cells.
    between = found.inverse @ (along.T @ along)
    total = float(left.sum())
    square = float((own**2).sum() - 2.0 * (own * (own - left)).sum() + (between * between.T).sum())
    there = left > NOTHING * own
    deviations = np.divide(sums * scale, np.sqrt(left), out=np.zeros(cells), where=there)
    if total <= 0.0 or square <= 0.0:
        return Spread(1.0, deviations)
    statistic = float(((sums * scale) ** 2).sum())
    return Spread(float(chi2.sf(statistic * total / square, total**2 / square)), deviations)
