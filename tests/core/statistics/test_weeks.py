"""The intervals of the weeks to come hold what they promise, whatever makes the weeks vary; trends are named."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.statistics.rates import rate, two_counts
from lib.core.statistics.weeks import Dispersion, ahead, dispersion, share_ahead, trend, two_volumes

WEEKS = 26


def drawn(
    mean: float | npt.NDArray[np.float64], dispersed: float, shape: tuple[int, int], seed: int
) -> npt.NDArray[np.int64]:
    """Weekly counts whose variance is `dispersed` times their mean."""
    random = np.random.default_rng(seed)
    if dispersed == 1:
        return random.poisson(mean, shape)
    return random.poisson(random.gamma(np.asarray(mean) / (dispersed - 1), dispersed - 1, shape))


def covered(worlds: npt.NDArray[np.int64], weeks: int) -> float:
    """The share of worlds whose next weeks lie inside of what the first 26 promise."""
    inside = 0
    for world in worlds:
        promised = ahead(world[:WEEKS].tolist(), weeks, None)
        assert promised is not None
        inside += promised.low95 <= world[WEEKS : WEEKS + weeks].mean() <= promised.high95
    return inside / len(worlds)


@pytest.mark.slow
@pytest.mark.parametrize("growth", [0.0, 0.05, 0.1, -0.1])
@pytest.mark.parametrize("dispersed", [1, 3, 6])
@pytest.mark.parametrize("weeks", [2, 4, 8])
def test_the_interval_holds_what_comes_in_93_to_97_of_100(weeks: int, dispersed: int, growth: float) -> None:
    means = 100 * (1 + growth * (np.arange(WEEKS + 8) - WEEKS / 2) / WEEKS)
    worlds = drawn(means, dispersed, (1500, WEEKS + 8), seed=weeks * 100 + dispersed)

    assert 0.93 <= covered(worlds, weeks) <= 0.97


@pytest.mark.slow
def test_where_the_weeks_have_no_trend_at_most_one_in_twenty_is_named() -> None:
    named = [trend(world.tolist()) for world in drawn(100.0, 3, (1500, WEEKS), seed=5)]

    assert np.mean([one is not None and one.real for one in named]) <= 0.065


@pytest.mark.slow
def test_a_season_that_came_last_year_is_expected_again_and_the_interval_holds_it() -> None:
    means = np.concatenate([np.full(WEEKS, 100.0), np.full(4, 50.0)])
    last, this = (drawn(means, 3, (800, WEEKS + 4), seed=seed) for seed in (6, 7))

    promised = [ahead(b[:WEEKS].tolist(), 4, a.tolist()) for a, b in zip(last, this, strict=True)]
    inside = [
        one is not None and one.low95 <= b[WEEKS:].mean() <= one.high95 for one, b in zip(promised, this, strict=True)
    ]

    assert np.mean(inside) >= 0.93
    assert np.mean([one is not None and one.season is not None for one in promised]) >= 0.8


@pytest.mark.slow
def test_a_year_without_a_season_leaves_the_interval_as_honest_as_it_was() -> None:
    last, this = (drawn(100.0, 3, (1500, WEEKS + 4), seed=seed) for seed in (8, 9))

    promised = [ahead(b[:WEEKS].tolist(), 4, a.tolist()) for a, b in zip(last, this, strict=True)]
    inside = [
        one is not None and one.low95 <= b[WEEKS:].mean() <= one.high95 for one, b in zip(promised, this, strict=True)
    ]

    assert 0.93 <= np.mean(inside) <= 0.97


def test_a_line_is_continued_and_named() -> None:
    promised, found = ahead([10, 12, 14, 16, 18, 20], 2, None), trend([10, 12, 14, 16, 18, 20])

    assert promised is not None
    assert (promised.expected, promised.low95, promised.high95) == pytest.approx((23, 23, 23))
    assert found is not None
    assert found.real
    assert found.per_week == pytest.approx(2)


def test_weeks_that_are_all_the_same_have_no_trend_and_leave_no_doubt() -> None:
    promised, found = ahead([7.0] * 26, 8, None), trend([7.0] * 26)

    assert promised is not None
    assert (promised.low95, promised.high95) == (7.0, 7.0)
    assert found is not None
    assert not found.real


def test_the_interval_is_least_squares_own_prediction_interval() -> None:
    # Of 5, 9, 6, 10, 8, 12: mean 8.33, slope 1.0857, residual deviation 1.7485; the next two lie 4 from the middle.
    volumes = [5, 9, 6, 10, 8, 12]
    x, y = np.arange(6.0), np.array(volumes, dtype=float)
    slope, start = np.polyfit(x, y, 1)
    scatter = np.sqrt(((y - start - slope * x) ** 2).sum() / 4)
    margin = 2.7764451 * scatter * np.sqrt(1 / 6 + 1 / 2 + 4**2 / 17.5)

    promised = ahead(volumes, 2, None)

    assert promised is not None
    assert promised.expected == pytest.approx(start + slope * 6.5)
    assert promised.high95 - promised.expected == pytest.approx(margin)


def test_three_weeks_promise_nothing_and_four_do() -> None:
    assert ahead([3, 4, 5], 2, None) is None
    assert trend([3, 4, 5]) is None
    assert ahead([3, 4, 5, 5], 2, None) is not None


def test_a_season_needs_a_whole_year_of_weeks() -> None:
    with pytest.raises(ValueError, match="needs 28, got 27"):
        ahead([5] * 26, 2, [5] * 27)


def test_a_year_in_which_nothing_came_says_nothing_of_the_season() -> None:
    promised = ahead([5, 6] * 13, 2, [0] * 28)

    assert promised is not None
    assert promised.season is None


@given(st.lists(st.integers(0, 500), min_size=4, max_size=40), st.sampled_from([2, 4, 8]))
def test_an_interval_never_promises_less_than_nothing_and_holds_what_is_expected(
    volumes: list[int], weeks: int
) -> None:
    promised = ahead(volumes, weeks, None)

    assert promised is not None
    assert 0 <= promised.low95 <= promised.expected <= promised.high95


def test_counts_vary_at_least_as_chance_makes_them() -> None:
    assert dispersion([10] * 8) == Dispersion(1.0, 8)
    assert dispersion([0] * 9) == Dispersion(1.0, 9)
    assert dispersion([0, 20] * 4) == Dispersion(pytest.approx(800 / 7 / 10), 8)


def test_fewer_than_eight_weeks_do_not_say_how_much_weeks_vary() -> None:
    assert dispersion([0, 20, 0, 20, 0, 20, 0]) is None
    assert two_volumes(200, 20, 0.5, None) is None


def test_the_same_difference_is_real_among_steady_weeks_and_noise_among_restless_ones() -> None:
    steady, restless = (two_volumes(140, 90, 0.5, Dispersion(ratio, 26)) for ratio in (1.0, 6.0))

    assert steady is not None
    assert restless is not None
    assert steady < 0.01
    assert restless > 0.1


@given(st.integers(0, 300), st.integers(10, 300), st.floats(0.1, 0.9), st.floats(1, 20))
def test_weeks_that_vary_are_never_surer_than_independent_events(
    one: int, other: int, share: float, ratio: float
) -> None:
    found, alone = two_volumes(one, other, share, Dispersion(ratio, 26)), two_counts(one, other, share)

    assert found is not None
    assert alone is not None
    assert alone <= found <= 1


@pytest.mark.slow
@pytest.mark.parametrize(("chance", "learned", "to_come"), [(0.5, 400, 80), (0.3, 1000, 60), (0.6, 150, 600)])
def test_the_share_to_come_is_held_in_93_to_97_of_100(chance: float, learned: int, to_come: int) -> None:
    random = np.random.default_rng(11)
    inside = []
    for known, came in zip(random.binomial(learned, chance, 2000), random.binomial(to_come, chance, 2000), strict=True):
        found = rate(int(known), learned)
        low, high = share_ahead(found.share, found.low95, found.high95, to_come)
        assert low is not None
        assert high is not None
        inside.append(low <= came / to_come <= high)

    assert 0.93 <= np.mean(inside) <= 0.97


@given(st.integers(0, 50), st.integers(50, 90), st.floats(1, 500))
def test_the_share_to_come_is_wider_than_what_is_known_of_its_chance(k: int, n: int, tries: float) -> None:
    found = rate(k, n)

    low, high = share_ahead(found.share, found.low95, found.high95, tries)

    assert found.low95 is not None
    assert found.high95 is not None
    assert low is not None
    assert high is not None
    assert 0 <= low <= found.low95
    assert found.high95 <= high <= 1


def test_of_less_than_one_to_come_or_of_a_share_that_nobody_knows_nothing_is_said() -> None:
    assert share_ahead(0.5, 0.4, 0.6, 0.9) == (None, None)
    assert share_ahead(None, None, None, 100) == (None, None)
