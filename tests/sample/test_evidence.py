"""On the invented year the evidence finds the flaw that was planted in it, and what no criterion asks for."""

from datetime import date

import pytest

from lib.core.definition.criteria import FrequencyMatch
from lib.core.evidence.criteria import SignVerdict
from lib.core.evidence.drift import drift_in_words
from lib.core.evidence.findings import Findings, criteria_in_words, find
from lib.core.replay.hits import HitIndex
from lib.core.time.window import Window
from tests.sample.conftest import ZONE, Year, shipped_definition


@pytest.fixture(scope="module")
def found(year: Year) -> Findings:
    window = Window(date(2026, 5, 25), date(2026, 11, 23), ZONE.key)
    return find(HitIndex(year.history), shipped_definition(), year.cycles, window)


def test_the_planted_flaw_alone_pulls_against_its_sign(found: Findings) -> None:
    """Docs 0004: registering for a webinar gives 15 points each time, and under a quarter of these are accepted."""
    against = found.criteria.with_verdict(SignVerdict.AGAINST)

    assert [one.criterion.id for one in against] == ["webinar_registered"]
    left = against[0].acceptance.left
    assert left is not None
    assert left.high95 < 0
    assert criteria_in_words(found.criteria).endswith("1 pulls against its sign: Registered for a webinar.")


def test_what_sales_really_goes_by_is_supported(found: Findings) -> None:
    supported = {one.criterion.id for one in found.criteria.with_verdict(SignVerdict.SUPPORTED)}

    assert supported >= {"decides", "leads_a_team", "mid_market", "target_industry", "conversation", "free_mail"}


def test_coming_to_us_looks_harmful_only_until_the_webinars_are_held_fixed(found: Findings) -> None:
    (inbound,) = (one for one in found.criteria.criteria if one.criterion.id == "inbound")

    assert inbound.acceptance.difference is not None
    assert inbound.acceptance.left is not None
    assert inbound.acceptance.difference.high95 < -0.1
    assert inbound.acceptance.left.value > 0


def test_small_companies_and_serial_registrations_are_found_though_no_criterion_asks_for_them(found: Findings) -> None:
    small = [one for one in found.mined.finds if "Employees is at most" in one.criterion.label]
    often = [one for one in found.mined.finds if isinstance(one.criterion.match, FrequencyMatch)]

    assert small[0].criterion.points < 0
    assert "webinar registered" in often[0].criterion.label.lower()
    assert often[0].criterion.points < 0


def test_the_year_was_invented_without_drift(found: Findings) -> None:
    assert drift_in_words(found.drift).endswith("moved by more than noise.")


def test_those_rejected_with_a_high_score_owe_it_to_the_flaw_more_often_than_those_accepted_with_a_low_one(
    found: Findings,
) -> None:
    registered = found.judged.earned[:, [c.id for c in found.judged.definition.criteria].index("webinar_registered")]

    assert registered[found.surprises.rejected].mean() > 0.6
    assert registered[found.surprises.accepted].mean() < 0.3
