"""The fit with priors is what an optimiser finds; its tests are what matrices written out say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import chi2, kstest

from lib.core.statistics.penalised import (
    Outcomes,
    Penalised,
    RowsOf,
    columns_p_value,
    fit,
    joint_p_value,
    sandwich,
    score_statistics,
    spread_of_cells,
)


def drawn(seed: int, rows: int, columns: int) -> Outcomes:
    """So many rows, each of one or several trials, with a constant and some columns of 0 and 1."""
    rng = np.random.default_rng(seed)
    design = np.hstack([np.ones((rows, 1)), (rng.random((rows, columns)) < 0.4).astype(np.float64)])
    trials = rng.integers(1, 4, rows).astype(np.float64)
    successes = rng.binomial(trials.astype(int), rng.uniform(0.2, 0.8)).astype(np.float64)
    successes[0], successes[1] = 0.0, trials[1]
    return Outcomes(design, trials, successes)


def priors(columns: int, precision: float) -> np.ndarray:
    return np.concatenate([[0.0], np.full(columns, precision)])


cases = st.tuples(st.integers(0, 10_000), st.integers(8, 40), st.integers(0, 6), st.sampled_from((0.16, 4.0, 100.0)))


@settings(max_examples=60)
@given(cases)
def test_the_fit_is_the_highest_point_of_likelihood_times_prior(case: tuple[int, int, int, float]) -> None:
    seed, rows, columns, precision = case
    of, prior = drawn(seed, rows, columns), priors(columns, precision)

    found = fit(of, prior)

    def lowness(at: np.ndarray) -> float:
        odds = of.design @ at
        return float(of.trials @ np.logaddexp(0, odds) - of.successes @ odds + 0.5 * prior @ at**2)

    best = minimize(lowness, np.zeros(columns + 1), method="BFGS", options={"gtol": 1e-8})
    assert lowness(found.coefficients) <= best.fun + 1e-7
    assert found.coefficients == pytest.approx(best.x, abs=2e-4)
    assert fit(of, prior, found.coefficients + 0.5).coefficients == pytest.approx(found.coefficients, abs=1e-5)


@given(cases)
def test_rows_counted_together_are_fitted_as_rows_one_by_one(case: tuple[int, int, int, float]) -> None:
    seed, rows, columns, precision = case
    of = drawn(seed, rows, columns)
    times = of.trials.astype(int)
    each = np.repeat(of.design, times, axis=0)
    came = np.concatenate([[1.0] * int(k) + [0.0] * (n - int(k)) for n, k in zip(times, of.successes, strict=True)])

    together = fit(of, priors(columns, precision))
    apart = fit(Outcomes(each, np.ones(len(each)), came), priors(columns, precision))

    assert together.coefficients == pytest.approx(apart.coefficients, abs=1e-6)
    assert sandwich(together) == pytest.approx(sandwich(apart), abs=1e-6)
    residuals = came - expit(each @ apart.coefficients)
    scores = each * residuals[:, None]
    plain = apart.inverse @ (np.diag(priors(columns, precision)) + scores.T @ scores) @ apart.inverse
    assert sandwich(apart) == pytest.approx(plain, abs=1e-9)


def test_what_splits_the_decisions_perfectly_has_a_finite_coefficient() -> None:
    design = np.array([[1.0, 0.0], [1.0, 1.0]])

    found = fit(Outcomes(design, np.array([50.0, 50.0]), np.array([0.0, 50.0])), np.array([0.0, 0.16]))

    assert 4.0 < found.coefficients[1] < 12.0


def test_the_evidence_prefers_the_prior_by_which_the_coefficients_were_drawn() -> None:
    rng = np.random.default_rng(3)
    design = np.hstack([np.ones((4_000, 1)), (rng.random((4_000, 40)) < 0.5).astype(np.float64)])

    def preferred(sd: float) -> float:
        odds = design[:, 1:] @ rng.normal(0, sd, 40)
        came = (rng.random(4_000) < expit(odds)).astype(np.float64)
        of = Outcomes(design, np.ones(4_000), came)
        return max((0.02, 0.2, 1.0), key=lambda tried: fit(of, priors(40, tried**-2)).log_evidence)

    assert [preferred(sd) for sd in (0.02, 0.2, 1.0)] == [0.02, 0.2, 1.0]


# What a fit lacks.


def left_of(found: Penalised, further: np.ndarray) -> np.ndarray:
    """The variance of the residuals along further columns, written out."""
    weight, design = np.diag(found.weight), found.of.design
    return further.T @ (weight - weight @ design @ found.inverse @ design.T @ weight) @ further


@given(cases)
def test_score_tests_are_what_matrices_written_out_say(case: tuple[int, int, int, float]) -> None:
    seed, rows, columns, precision = case
    found = fit(drawn(seed, rows, columns), priors(columns, precision))
    further = np.random.default_rng(seed).normal(size=(rows, 3))

    along, left = further.T @ found.residual, left_of(found, further)

    assert score_statistics(found, further) == pytest.approx(along**2 / np.diag(left), rel=1e-6)
    whole = float(along @ np.linalg.inv(left) @ along)
    assert joint_p_value(found, further) == pytest.approx(float(chi2.sf(whole, 3)), rel=1e-4)


def test_a_further_column_that_the_fit_already_has_says_nothing() -> None:
    of = drawn(1, 30, 2)
    found = fit(of, np.zeros(3))

    assert score_statistics(found, of.design[:, [0, 1]]) == pytest.approx([0.0, 0.0], abs=1e-6)
    assert joint_p_value(found, of.design[:, [0]]) == pytest.approx(1.0, abs=1e-3)


@given(cases)
def test_cells_spread_as_matrices_written_out_say(case: tuple[int, int, int, float]) -> None:
    seed, rows, columns, precision = case
    of = drawn(seed, rows, columns)
    times = of.trials.astype(int)
    group = np.repeat(np.arange(rows), times)
    came = np.concatenate([[1.0] * int(k) + [0.0] * (n - int(k)) for n, k in zip(times, of.successes, strict=True)])
    found = fit(of, priors(columns, precision))
    cell = np.random.default_rng(seed).integers(-1, 4, len(group))
    scale = np.array([1.0, 0.5, 2.0, 0.1])

    spread = spread_of_cells(found, RowsOf(group, came), cell, scale)

    chance = found.chance[group]
    weight, design = np.diag(chance * (1 - chance)), of.design[group]
    sums = np.array([(cell == n) * scale[n] for n in range(4)]).astype(np.float64)
    variance = sums @ (weight - weight @ design @ found.inverse @ design.T @ weight) @ sums.T
    statistic = float(((sums @ (came - chance)) ** 2).sum())
    first, second = np.trace(variance), np.trace(variance @ variance)
    if first > 1e-6:
        plain = float(chi2.sf(statistic * first / second, first**2 / second))
        assert spread.p_value == pytest.approx(plain, rel=1e-3, abs=1e-9)


@pytest.mark.slow
def test_where_nothing_is_lacking_the_chances_are_even() -> None:
    rng = np.random.default_rng(8)
    design = np.hstack([np.ones((600, 1)), (rng.random((600, 5)) < 0.4).astype(np.float64)])
    group, cell, column = np.arange(600), rng.integers(0, 40, 600), rng.normal(size=600)
    scale = np.bincount(cell, minlength=40) ** -0.5

    cells, columns, months = [], [], []
    for _ in range(500):
        came = (rng.random(600) < expit(design @ np.array([-0.5, 0.5, -0.5, 1.0, 0.0, 0.3]))).astype(np.float64)
        found = fit(Outcomes(design, np.ones(600), came), priors(5, 0.16))
        cells.append(spread_of_cells(found, RowsOf(group, came), cell, scale).p_value)
        columns.append(columns_p_value(found, RowsOf(group, came), column[:, None]))
        months.append(joint_p_value(found, (cell[:, None] == np.arange(6)).astype(np.float64)))

    for chances in (cells, columns, months):
        assert kstest(chances, "uniform").pvalue > 0.001
