"""Drift, versions, cycles, silence and gaps: 90 % over the drafts or no figure; what moved is said.

What fails here fails surely: shares are held to a binomial's error (`tests/truth/held`).
"""

import pytest

from bench.truth.answers import Answer, ranked, summary
from tests.truth.held import in_world, redraws_of, surely_above, surely_below

A_HISTORY = {"drift": 5, "step": 5}
"""Redraws of each history, 3 where nothing else is said: what has a power is drawn oftener."""

WITH_A_FIGURE = ["drift", "step", "two versions", "again", "unanswered", "unseen"]


def told_in(name: str) -> tuple[Answer, ...]:
    return in_world(name, A_HISTORY.get(name, 3))


def figures(name: str) -> list[Answer]:
    return [one for one in told_in(name) if one.told.said]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*WITH_A_FIGURE, "filled in", "150 decided", "never said"])
def test_the_interval_holds_the_truth_in_90_percent_or_there_is_no_figure(name: str) -> None:
    found = figures(name)

    covered = summary(found).coverage
    assert not found or not surely_below(covered, redraws_of(found), 0.90), covered


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_A_FIGURE)
def test_there_is_a_figure_nearly_always(name: str) -> None:
    found = told_in(name)

    refused = summary(found).refused
    assert not surely_above(refused, redraws_of(found), 0.03), refused
    assert summary(found).too_few == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_A_FIGURE)
def test_drafts_more_than_3_points_apart_are_ranked_rightly(name: str) -> None:
    pairs, right = ranked(told_in(name))

    assert right / pairs >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drift", "step"])
def test_ten_points_in_26_weeks_are_said_to_have_moved_with_a_power_of_80_percent(name: str) -> None:
    found = told_in(name)

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
    for one in told_in(name):
        assert (one.told.leads, one.told.not_observed) == (one.leads, one.not_observed), one


@pytest.mark.slow
@pytest.mark.parametrize("name", ["never said", "40 decided"])
def test_too_few_answers_give_no_share(name: str) -> None:
    assert figures(name) == []


@pytest.mark.slow
def test_fewer_than_twenty_accepted_give_no_share() -> None:
    # One in ten of 150 is 15, and now and then more than 20: then there may be one.
    assert summary(told_in("150 decided")).too_few >= 0.85
