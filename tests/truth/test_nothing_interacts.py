"""Where nothing drifts or interacts, the interval is a 95 % interval for a draft of any kind.

100 redraws a world; the drafts of one redraw share its decisions, so that a share of all of them is held to the error
of a binomial of as many draws as redraws: what fails here fails surely (one in a hundred where the bound is just kept).
"""

import pytest

from bench.truth.answers import Answer, ranked, summary
from bench.truth.drafts import Kind
from bench.truth.world import Claim
from bench.truth.worlds import WORLDS
from lib.core.consequences.known import Stage
from tests.truth.held import in_world, redraws_of, surely_above, surely_below

EXACT = [world.name for world in WORLDS if world.claim is Claim.EXACT]
KINDS = [kind for kind in Kind if kind is not Kind.AGREED]
A_HISTORY = 5


def of_all(kind: Kind | None = None) -> list[Answer]:
    found = [one for name in EXACT for one in in_world(name, A_HISTORY)]
    return [one for one in found if kind in (None, one.kind)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_interval_holds_the_truth_in_93_to_97_percent_for_drafts_of_each_kind(kind: Kind) -> None:
    found = of_all(kind)

    covered, draws = summary(found).coverage, redraws_of([one for one in found if one.told.said])
    assert len({(one.world, one.draft) for one in found}) >= 12
    assert not surely_below(covered, draws, 0.93), covered
    assert not surely_above(covered, draws, 0.97), covered


@pytest.mark.slow
@pytest.mark.parametrize("name", EXACT)
def test_no_draft_falls_below_90_percent(name: str) -> None:
    found = in_world(name, A_HISTORY)

    for draft in dict.fromkeys(one.draft for one in found):
        of_draft = [one for one in found if one.draft == draft and one.told.said]
        covered = summary(of_draft).coverage
        assert not surely_below(covered, redraws_of(of_draft), 0.90), (draft, covered)


@pytest.mark.slow
def test_hardly_ever_is_a_figure_refused_that_would_have_been_right() -> None:
    found = of_all()

    refused = summary(found).refused
    assert not surely_above(refused, redraws_of(found), 0.03), refused


@pytest.mark.slow
def test_where_sales_judges_as_ever_hardly_ever_is_it_said_to_have_moved() -> None:
    found = of_all()

    moved = summary(found).moved
    assert not surely_above(moved, redraws_of(found), 0.03), moved


@pytest.mark.slow
@pytest.mark.parametrize("name", EXACT)
def test_drafts_more_than_3_points_apart_are_ranked_rightly(name: str) -> None:
    pairs, right = ranked(in_world(name, A_HISTORY))

    # A coin gives every draft the same.
    assert pairs == 0 if name == "coin" else right / pairs >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", EXACT)
def test_the_share_is_of_the_very_leads_that_are_observed(name: str) -> None:
    for one in in_world(name, A_HISTORY):
        assert (one.told.leads, one.told.not_observed) == (one.leads, one.not_observed), one


@pytest.mark.slow
@pytest.mark.parametrize("stage", [Stage.SQL, Stage.WON])
def test_sqls_and_wins_within_90_days_are_expected_as_many_as_come(stage: Stage) -> None:
    found = [one for one in in_world("additive", 1, stage) if one.told.said]

    covered = summary(found).coverage
    assert redraws_of(found) >= 15
    assert not surely_below(covered, redraws_of(found), 0.90), covered
