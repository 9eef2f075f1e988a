"""Drift, versions, cycles, silence and gaps: 90 % over the drafts or no figure; what moved is said.

What fails here fails surely: shares are held to a binomial's error (`tests/truth/held`).
"""

import pytest

from bench.truth.answers import Answer, ranked, summary
from tests.truth.held import in_world, redraws_of, surely_above, surely_below

A_HISTORY = 5

WITH_A_FIGURE = ["drift", "step", "two versions", "again", "unanswered", "unseen"]


def figures(name: str, redraws: int = A_HISTORY) -> list[Answer]:
    return [one for one in in_world(name, redraws) if one.told.said]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*WITH_A_FIGURE, "filled in", "150 decided", "never said"])
def test_the_interval_holds_the_truth_in_90_percent_or_there_is_no_figure(name: str) -> None:
    found = figures(name)

    covered = summary(found).coverage
    assert not found or not surely_below(covered, redraws_of(found), 0.90), covered


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_A_FIGURE)
def test_there_is_a_figure_nearly_always(name: str) -> None:
    found = in_world(name, A_HISTORY)

    refused = summary(found).refused
    assert not surely_above(refused, redraws_of(found), 0.03), refused
    assert summary(found).too_few == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_A_FIGURE)
def test_drafts_more_than_3_points_apart_are_ranked_rightly(name: str) -> None:
    pairs, right = ranked(in_world(name, A_HISTORY))

    assert right / pairs >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drift", "step"])
def test_ten_points_in_26_weeks_are_said_to_have_moved_with_a_power_of_80_percent(name: str) -> None:
    found = in_world(name, A_HISTORY)

    moved = summary(found).moved
    assert not surely_below(moved, redraws_of(found), 0.80), moved


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drift", "step"])
def test_what_is_promised_is_what_holds_as_sales_judges_today(name: str) -> None:
    found = [one for one in figures(name) if one.told.moved]

    covered = summary(found).coverage_today
    assert not surely_below(covered, redraws_of(found), 0.90), covered


@pytest.mark.slow
@pytest.mark.parametrize("name", [*WITH_A_FIGURE, "filled in"])
def test_the_leads_that_nothing_is_known_about_are_counted(name: str) -> None:
    for one in in_world(name, A_HISTORY):
        assert (one.told.leads, one.told.not_observed) == (one.leads, one.not_observed), one


@pytest.mark.slow
@pytest.mark.parametrize("name", ["never said", "40 decided"])
def test_too_few_answers_give_no_share(name: str) -> None:
    assert figures(name, 1) == []


@pytest.mark.slow
def test_fewer_than_twenty_accepted_give_no_share() -> None:
    # One in ten of 150 is 15, and now and then more than 20: then there may be one.
    assert summary(in_world("150 decided", A_HISTORY)).too_few >= 0.85
