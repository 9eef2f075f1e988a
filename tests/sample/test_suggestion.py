"""On the invented year the suggestion mends the planted flaw, and sales accepts more at equal volume out of time."""

from datetime import date

from lib.core.handoffs.customers import no_customers
from lib.core.replay.hits import HitIndex
from lib.core.suggestion.constraints import Constraints
from lib.core.suggestion.suggestion import Suggestion, SuggestionFinding, suggest
from lib.core.time.window import Window
from tests.sample.conftest import ZONE, Year, shipped_definition

WINDOW = Window(date(2026, 5, 25), date(2026, 11, 23), ZONE.key)


def of_one_change(year: Year, *frozen: str) -> Suggestion:
    return suggest(
        HitIndex(year.history),
        shipped_definition(),
        year.cycles,
        WINDOW,
        Constraints(changes=1, frozen=frozen),
        customer_since=no_customers(year.history.leads),
    )


def test_the_planted_flaw_is_lowered_and_that_raises_acceptance_at_equal_volume(year: Year) -> None:
    """Docs 0004: registering for a webinar gives 15 points each time, and under a quarter of these are accepted."""
    found = of_one_change(year)

    assert found.finding is SuggestionFinding.BETTER
    assert [one.criterion.id for one in found.points] == ["webinar_registered"]
    assert found.points[0].points < 5
    assert found.contest is not None
    assert found.contest.acceptance.low95 > 0.05
    assert found.contest.separation.low95 > 0.1


def test_with_the_flaw_frozen_no_other_change_mends_it(year: Year) -> None:
    mended, found = of_one_change(year), of_one_change(year, "webinar_registered")

    assert all(one.criterion.id != "webinar_registered" for one in found.points)
    assert mended.contest is not None
    assert found.contest is None or found.contest.acceptance.value < mended.contest.acceptance.value / 2
