"""Rates know their evidence, and only differences that chance could not make are called real."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from lib.core.statistics.rates import (
    Rate,
    Verdict,
    compared,
    compared_with_rest,
    difference,
    holm,
    rate,
    rates,
    separation,
    two_counts,
    two_proportions,
    verdict,
)


def test_a_rate_has_the_wilson_interval() -> None:
    # Newcombe 1998, table I: 81 of 263.
    found = rate(81, 263)

    assert found.share == pytest.approx(0.3080, abs=5e-5)
    assert (found.low95, found.high95) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))


def test_the_interval_of_none_and_of_all_stays_inside_0_and_1() -> None:
    none, every = rates([0, 10], [10, 10])

    assert none.low95 == 0.0
    assert none.high95 == pytest.approx(0.2775, abs=5e-5)
    assert every.low95 == pytest.approx(0.7225, abs=5e-5)
    assert every.high95 == pytest.approx(1.0)
    assert every.high95 <= 1.0


def test_of_ten_there_is_a_rate_and_of_nine_the_counts_alone() -> None:
    ten, nine = rates([5, 5], [10, 9])

    assert ten.share == 0.5
    assert nine == Rate(5, 9, None, None)
    assert nine.share is None


def test_what_counts_is_how_many_were_decided() -> None:
    enough, too_few = rates([4, 4], [100, 100], decided=[10, 9])

    assert enough.share == 0.04
    assert too_few.share is None


def test_of_nothing_there_is_no_rate() -> None:
    assert rate(0, 0) == Rate(0, 0, None, None)


def test_a_difference_that_chance_could_not_make_is_real_in_both_directions() -> None:
    good, bad, usual = compared_with_rest([90, 10, 50], [100, 100, 100], 1)

    assert (good.verdict, bad.verdict, usual.verdict) == (Verdict.HIGHER, Verdict.LOWER, Verdict.NOISE)
    assert good.other == rate(60, 200)


def test_alike_groups_differ_by_noise() -> None:
    assert {one.verdict for one in compared_with_rest([51, 49, 52], [100, 100, 100], 1)} == {Verdict.NOISE}


def test_the_only_group_has_no_rest_to_differ_from() -> None:
    assert compared_with_rest([50], [100], 1)[0].verdict is Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("trials", "verdict"),
    [(10, Verdict.NOISE), (9, Verdict.TOO_FEW)],
)
def test_fewer_than_ten_are_not_tested(trials: int, verdict: Verdict) -> None:
    assert compared([rate(5, trials)], [rate(500, 1000)], 1)[0].verdict is verdict


def test_an_expected_count_of_five_is_tested_and_one_below_is_not() -> None:
    # Pooled 100 of 2,000: of 100, five are expected.
    assert two_proportions(rate(10, 100), rate(90, 1900)) is not None
    assert two_proportions(rate(10, 99), rate(90, 1901)) is None


def test_the_same_share_is_no_difference_at_all() -> None:
    assert two_proportions(rate(20, 40), rate(50, 100)) == pytest.approx(1.0)


def test_one_difference_among_many_must_be_larger_to_be_real() -> None:
    alone = compared([rate(65, 100)], [rate(500, 1000)], 1)[0]
    among_many = compared([rate(65, 100), *[rate(50, 100)] * 30], [rate(500, 1000)] * 31, 1)[0]

    assert alone.verdict is Verdict.HIGHER
    assert among_many.verdict is Verdict.NOISE


def test_a_chance_of_exactly_5_per_cent_is_noise_and_the_next_smaller_one_is_real() -> None:
    assert verdict(0.05, 0.1) is verdict(0.05, -0.1) is Verdict.NOISE
    assert verdict(float(np.nextafter(0.05, 0)), 0.1) is Verdict.HIGHER
    assert verdict(float(np.nextafter(0.05, 0)), -0.1) is Verdict.LOWER


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_what_statsmodels_says(p_values: list[float]) -> None:
    # It collects garbage at every call, which would take longer than all the rest.
    with patch("gc.collect"):
        theirs = multipletests(p_values, method="holm")[1].tolist()

    assert holm(p_values, 1) == pytest.approx(theirs)


def test_what_cannot_be_tested_is_not_corrected_for() -> None:
    assert holm([None, 0.04, None], 1) == [None, 0.04, None]


def test_a_page_of_several_families_shares_its_5_per_cent_among_them() -> None:
    assert holm([0.01, 0.5], 3) == pytest.approx([0.06, 1.0])


def test_two_counts_are_alike_or_not() -> None:
    assert two_counts(60, 60) == pytest.approx(1.0)
    assert two_counts(100, 50) < 0.001
    # 20 in two weeks are 10 a week.
    assert two_counts(20, 10, share=2 / 3) == pytest.approx(1.0)


def test_fewer_than_ten_events_in_both_periods_say_nothing() -> None:
    assert two_counts(9, 0) is None
    assert two_counts(10, 0) is not None


def test_a_score_that_parts_the_groups_separates_them_wholly() -> None:
    low, high = np.arange(10.0), np.arange(10.0) + 100

    assert separation(high, low).share == 1.0
    assert separation(low, high).share == 0.0


def test_a_score_that_is_the_same_for_all_separates_nothing() -> None:
    assert separation(np.ones(10), np.ones(12)).share == 0.5


def test_unknown_scores_are_left_out_and_nine_known_are_too_few() -> None:
    scores = np.append(np.arange(9.0), np.nan)

    assert separation(scores, np.arange(10.0)).share is None


@pytest.mark.parametrize(
    ("one", "other"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((0, 20), (0, 30)), ((20, 20), (1, 40))]
)
def test_a_difference_has_newcombes_interval(one: tuple[int, int], other: tuple[int, int]) -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    found = difference(rate(*one), rate(*other))

    assert found is not None
    theirs = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert (found.low95, found.high95) == pytest.approx(theirs)
    assert found.value == pytest.approx(one[0] / one[1] - other[0] / other[1])


def test_a_difference_from_a_rate_that_stands_as_counts_is_none() -> None:
    assert difference(rate(9, 9), rate(5, 20)) is None
    assert difference(rate(5, 20), rate(9, 9)) is None
