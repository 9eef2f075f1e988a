"""Three counts of MQLs of the same weeks rightly differ: wherever one is shown, it names itself and the others."""

from pathlib import Path

import pytest

from lib.ui.frame import bases
from tests.conftest import OpenPage

SHOWN = {
    "decide/tune.py": bases.QUALIFIED,
    "monitor/acceptance.py": bases.HANDED_OVER,
    "monitor/sla.py": bases.HANDED_OVER,
    "monitor/review.py": bases.CREATED,
}


@pytest.mark.parametrize("page", SHOWN)
def test_each_page_says_in_its_help_by_what_the_others_count(
    open_page: OpenPage, sample_database: Path, page: str
) -> None:
    at = open_page(page, sample_database)

    helps = [one.help for one in [*at.metric, *at.caption, *at.markdown, *at.subheader] if getattr(one, "help", None)]

    assert any(bases.others(SHOWN[page]) in one for one in helps)


def test_the_other_counts_are_those_that_this_one_is_not() -> None:
    every = (bases.QUALIFIED, bases.HANDED_OVER, bases.CREATED)

    for than in every:
        assert [basis in bases.others(than) for basis in every] == [basis is not than for basis in every]
