"""Scenarios' first sentence names what its claims hold, and nothing else."""

from hypothesis import given

from lib.core.consequences.headline import Beside, acceptance_claim, volume_claim
from lib.ui.scenarios.view import headline_in_words
from tests.core.consequences.test_headline import row, tables


def words(table: list[Beside]) -> str:
    return headline_in_words(table).replace("*", "").replace("\\", "")


def test_the_three_of_the_meeting() -> None:
    said = words([row(None, 115.5, 0.53, 0.02), row("less", 114.9, 0.65, 0.04), row("more", 114.9, 0.70, 0.04)])

    assert said == (
        "Sales would accept more of “more” (70 %) and “less” (65 %) than of the agreed definition (53 %); between "
        "those accepted more it is too close to tell. All bring about as many MQLs a week: 115 to 116."
    )


def test_one_best_one_unknown_and_one_that_brings_most() -> None:
    said = words([row(None, 100, 0.5, 0.02), row("a", 90, 0.7, 0.02), row("b", 150)])

    assert said == (
        "Sales would accept the greatest share of “a” (70 %), of the agreed definition (50 %) less. Of “b” too little "
        "is known to say. “b” brings most: 150 MQLs a week."
    )


def test_nothing_known_and_nothing_chosen() -> None:
    assert words([row(None, 8.0), row("a", 8.0, 0.5, 0.1)]).startswith("Too little is known to say of which")
    assert words([row(None, 8.0)]) == "Choose a draft: it is set beside the agreed definition."


@given(tables)
def test_the_sentence_says_what_its_claims_do(table: list[Beside]) -> None:
    said, shares, volumes = words(table), acceptance_claim(table), volume_claim(table)

    if len(table) < 2:
        return
    assert ("the greatest share" in said) == (shares.best is not None)
    assert ("too close to tell apart" in said) == (not shares.less and len(shares.close) > 1)
    assert (" bring about as many" in said) == volumes.all_alike
    if not volumes.all_alike:
        for one in volumes.most:
            name = "the agreed definition" if one.name is None else f"“{one.name}”"
            assert name.lower() in said.split(". ")[-1].lower()
