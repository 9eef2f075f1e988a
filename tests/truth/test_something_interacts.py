"""Where something interacts, is hidden or is no straight line: 90 % over the drafts, or no figure; some must get none.

What fails here fails surely: shares are held to a binomial's error (`tests/truth/held`).
"""

import pytest

from bench.truth.answers import ranked, summary
from tests.truth.held import in_world, redraws_of, surely_below

A_HISTORY = 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two pairs", "hidden trait", "unasked field", "once is enough", "long queue"])
def test_the_interval_holds_the_truth_in_90_percent_or_there_is_no_figure(name: str) -> None:
    found = [one for one in in_world(name, A_HISTORY) if one.told.said]

    covered = summary(found).coverage
    assert not found or not surely_below(covered, redraws_of(found), 0.90), covered


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two pairs", "hidden trait", "unasked field", "once is enough", "long queue"])
def test_drafts_more_than_3_points_apart_are_ranked_rightly(name: str) -> None:
    pairs, right = ranked(in_world(name, A_HISTORY))

    assert not pairs or right / pairs >= 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", ["by points", "three ways", "fresh deeds"])
def test_what_the_criteria_do_not_hold_is_refused(name: str) -> None:
    found = in_world(name, 2)

    refused = summary(found).refused
    assert not surely_below(refused, redraws_of(found), 0.90), refused
