"""Leads short of the threshold that were drawn by lot: what is seen of them, and what is then expected of others."""

import numpy as np
import pytest

from lib.core.consequences.expected import Consequences
from lib.core.consequences.foreseen import foreseen
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, BelowLine, Category, Criterion, Definition
from lib.core.evidence.findings import find
from lib.core.handoffs.below_line import is_drawn
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.statistics.rates import rate
from tests.core.consequences.test_bands import DAY, VISITS, WINDOW, visitor
from tests.core.handing_over import Handed, handoffs

WEBINAR = Criterion("webinar", "Webinar", Category.ACTIONS, 10, ActivityMatch(ActivityCondition(("webinar",))))
AGREED = Definition("agreed", 20, (*VISITS.criteria, WEBINAR), below_line=BelowLine(0.2, 10))
"""A point a visit, and ten for a webinar; the draft, VISITS, drops the webinar."""


def attendee(lead_id: str, *visits_at: int) -> Lead:
    """A lead whom a webinar brings over the line as agreed."""
    lead = visitor(lead_id, *visits_at)
    return Lead(lead_id, 0, {}, (*lead.activities, Activity(DAY, "webinar")))


def told(leads: list[Lead], rows: Handoffs, draft: Definition = VISITS) -> Consequences:
    return foreseen(HitIndex(history_of(leads)), AGREED, draft, rows, WINDOW, {})


def decided(prefix: str, accepted: int, of: int, *, drawn: bool) -> list[Handed]:
    return [
        Handed(f"{prefix}{n}", 2 * DAY, "accepted" if n < accepted else "rejected", drawn, 12.0 if drawn else 22.0)
        for n in range(of)
    ]


TWELVE = [DAY] * 12
CHOSEN = [attendee(f"chosen{n}", *TWELVE) for n in range(20)]
DRAWN = [visitor(f"drawn{n}", *TWELVE) for n in range(10)]
WAITING = [visitor(f"waiting{n}", *TWELVE) for n in range(30)]


# What is seen of them.


def test_leads_drawn_below_the_line_have_bands_of_their_own_and_count_among_all() -> None:
    rows = handoffs(*decided("chosen", 4, 20, drawn=False), *decided("drawn", 6, 10, drawn=True))

    found = told([*CHOSEN, *DRAWN, *WAITING], rows)

    (band,) = found.bands
    assert band.accepted == rate(10, 30)
    (drawn,) = found.bands_drawn
    assert (drawn.low, drawn.handed_over, drawn.accepted) == (10, 10, rate(6, 10))
    assert found.beyond(12) == 40


def test_who_was_drawn_and_went_on_to_the_threshold_counts_among_those_above_the_line() -> None:
    went_on = [visitor(f"drawn{n}", *TWELVE, *[3 * DAY] * 8) for n in range(10)]
    rows = handoffs(*decided("drawn", 10, 10, drawn=True))

    found = told([*went_on, *WAITING], rows)

    assert found.bands_drawn == ()
    assert found.beyond(12) == 30


def test_the_evidence_for_criteria_months_and_surprises_is_of_those_that_met_the_definition() -> None:
    index = HitIndex(history_of([*CHOSEN, *DRAWN]))
    rows = handoffs(*decided("chosen", 4, 20, drawn=False), *decided("drawn", 6, 10, drawn=True))

    found = find(index, AGREED, rows, WINDOW)

    assert len(found.judged.handoffs) == 20
    assert not found.judged.handoffs.below_line.any()


# What is expected of them. Webinars bring leads over the line, and sales refuses those who collect them.


@pytest.mark.slow
def test_leads_below_the_line_are_expected_by_those_drawn_though_the_line_chose_the_worse() -> None:
    rng = np.random.default_rng(5)
    chosen = [attendee(f"chosen{n}", *[DAY * (1 + n % 30)] * 12) for n in range(300)]
    below = [visitor(f"below{n:04}", *[DAY * (1 + n % 30)] * 12) for n in range(900)]
    chance = {lead.lead_id: 0.2 for lead in chosen} | {lead.lead_id: 0.6 for lead in below}

    held, refused = 0, 0
    for version in range(60):
        lots = [one for one in below if is_drawn(one.lead_id, 1, version, 0.2)]
        handed = [*((one, False) for one in chosen), *((one, True) for one in lots)]
        rows = handoffs(
            *(
                Handed(
                    one.lead_id,
                    one.activities[0].at + DAY,
                    "accepted" if rng.random() < chance[one.lead_id] else "rejected",
                    drawn,
                    12.0,
                )
                for one, drawn in handed
            )
        )
        found = told([*chosen, *below], rows)
        expected = found.expected(12)
        check = found.standing().drawn_check
        assert check is not None
        assert check.sales.trials == len(lots)
        refused += expected.said is None
        held += expected.said is not None and expected.said.low95 <= 0.5 <= expected.said.high95

    assert refused <= 4
    assert held >= 0.9 * (60 - refused)
