"""Acceptance by score band as seen, and who counts at which threshold: cases by hand and a plain recomputation."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.consequences.expected import Consequences
from lib.core.consequences.foreseen import foreseen
from lib.core.consequences.known import Stage
from lib.core.definition import earning, scoring
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.handoffs.customers import no_customers
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.statistics.rates import rate
from lib.core.time.window import Window
from tests.core.handing_over import Handed, handoffs
from tests.core.strategies import AS_OF, instants, lively_definitions, lively_populations

DAY = 86_400_000_000

WINDOW = Window(date(1970, 1, 1), date(1970, 2, 12), "UTC")
"""Six weeks from the beginning of time, in which the drawn leads live too."""

VISITS = Definition(
    name="a point a visit",
    threshold=1,
    criteria=(Criterion("visit", "Visit", Category.ACTIONS, 1, ActivityMatch(ActivityCondition(("page_view",)))),),
)
"""The score of a lead is the number of its visits."""


def visitor(lead_id: str, *visits_at: int, created_at: int = 0) -> Lead:
    return Lead(lead_id, created_at, {}, tuple(Activity(at, "page_view") for at in visits_at))


def told(leads: list[Lead], rows: Handoffs, draft: Definition = VISITS, window: Window = WINDOW) -> Consequences:
    index = HitIndex(history_of(leads))
    return foreseen(index, draft, draft, rows, window, {}, no_customers(index.history.leads))


def a_band(score: int, accepted: int, decided: int) -> tuple[list[Lead], list[Handed]]:
    """Leads with so many visits on the first day, decided on the day after."""
    names = [f"{score}-{n}" for n in range(decided)]
    leads = [visitor(name, *[DAY] * score) for name in names]
    return leads, [Handed(name, 2 * DAY, "accepted" if n < accepted else "rejected") for n, name in enumerate(names)]


# Bands.


def test_a_band_counts_its_hand_offs_its_decisions_and_how_far_they_came() -> None:
    leads = [visitor(f"lead-{n}", *[DAY] * 5) for n in range(13)]
    became = ["won", "sql", "accepted", "accepted", *["rejected"] * 8, None]

    (band,) = told(leads, handoffs(*(Handed(f"lead-{n}", 2 * DAY, one) for n, one in enumerate(became)))).bands

    assert (band.low, band.high, band.handed_over, band.decided) == (0, 10, 13, 12)
    assert (band.accepted, band.sql, band.won) == (rate(4, 12), rate(2, 12), rate(1, 12))


def test_a_score_exactly_at_a_bands_upper_edge_belongs_to_the_next() -> None:
    leads = [visitor("a", *[DAY] * 9), visitor("b", *[DAY] * 10)]

    found = told(leads, handoffs(Handed("a", 2 * DAY, "accepted"), Handed("b", 2 * DAY, "rejected")))

    assert [(band.low, band.high, band.decided) for band in found.bands] == [(0, 10, 1), (10, 20, 1)]


def test_bands_reach_without_gaps_from_the_lowest_hand_off_to_the_highest_lead() -> None:
    leads = [visitor("a", *[DAY] * 25), visitor("b", *[DAY] * 41)]

    found = told(leads, handoffs(Handed("a", 2 * DAY, "accepted")))

    # Leads pass 1 to 24 and 1 to 40 points at one instant, which is one look: at 25 and at 41.
    assert [(band.low, band.high, band.observed) for band in found.bands] == [
        (20, 30, True),
        (30, 40, False),
        (40, 50, False),
    ]


def test_a_band_with_fewer_than_ten_decisions_has_counts_alone() -> None:
    leads, rows = a_band(5, 4, 9)

    (band,) = told(leads, handoffs(*rows)).bands

    assert (band.accepted.successes, band.decided) == (4, 9)
    assert (band.accepted.share, band.accepted.low95, band.accepted.high95) == (None, None, None)


def test_a_hand_off_is_scored_as_of_its_own_hand_over() -> None:
    lead = visitor("a", DAY, 3 * DAY, *[4 * DAY] * 30)

    found = told([lead], handoffs(Handed("a", 3 * DAY, "accepted")))

    assert found.bands[0].decided == 1
    assert [band.decided for band in found.bands[1:]] == [0] * (len(found.bands) - 1)


def test_a_hand_off_from_before_its_lead_was_created_has_no_score() -> None:
    lead = visitor("a", 5 * DAY, created_at=5 * DAY)

    found = told([lead], handoffs(Handed("a", DAY, "accepted")))

    assert found.unscored == 1
    assert sum(band.handed_over for band in found.bands) == 0


# What sales has not seen.


def test_without_any_lead_there_is_no_band() -> None:
    assert told([], handoffs()).bands == ()


@pytest.mark.parametrize(("created_at", "is_in"), [(0, True), (42 * DAY - 1, True), (42 * DAY, False)])
def test_only_leads_that_qualify_in_the_window_count(created_at: int, is_in: bool) -> None:
    lead = visitor("a", created_at, created_at=created_at)

    found = told([lead], handoffs(as_of=50 * DAY))

    assert found.expected(1).leads == int(is_in)


def test_who_qualifies_after_the_instant_looked_at_is_not_known_yet() -> None:
    leads = [visitor("a", 3 * DAY), visitor("b", 3 * DAY + 1)]

    assert told(leads, handoffs(as_of=3 * DAY)).expected(1).leads == 1


# For any definition, leads and hand-offs.

drawn_handoffs = st.lists(
    st.builds(
        Handed,
        st.sampled_from([f"lead-{n}" for n in range(4)]),
        instants,
        st.sampled_from([None, "rejected", "accepted", "sql", "won"]),
    ),
    max_size=12,
)


def of_known(leads: list[Lead], rows: list[Handed]) -> Handoffs:
    known = {lead.lead_id for lead in leads}
    return handoffs(*(row for row in rows if row.lead_id in known))


@settings(max_examples=150)
@given(lively_definitions(), lively_populations(), drawn_handoffs)
def test_bands_and_the_leads_at_every_threshold_equal_a_plain_recomputation(
    draft: Definition, leads: list[Lead], rows: list[Handed]
) -> None:
    known = of_known(leads, rows)
    by_id = {lead.lead_id: lead for lead in leads}

    found = told(leads, known, draft)

    trials, accepted = Counter[int](), Counter[int]()
    for n in range(len(known)):
        lead, mql_at = by_id[known.lead_id[n].as_py()], int(known.mql_at[n])
        if known.decision[n] != Decision.OPEN and lead.created_at <= mql_at:
            score = scoring.score_at(draft, earning.hits_of(draft, lead), mql_at).score
            trials[score // 10] += 1
            accepted[score // 10] += bool(known.accepted[n])
    assert {band.low // 10: band.decided for band in found.bands if band.observed} == dict(trials)
    assert {band.low // 10: band.accepted.successes for band in found.bands if band.observed} == dict(accepted)
    for threshold in range(1, found.top + 2):
        reach = [scoring.qualification(draft.with_threshold(threshold), lead, AS_OF) for lead in leads]
        assert found.expected(threshold).leads == sum(one is not None for one in reach)
        # So few decisions say nothing of anybody.
        assert found.expected(threshold).said is None


@settings(max_examples=150)
@given(
    lively_definitions(),
    lively_populations(),
    drawn_handoffs,
    instants,
    st.lists(st.integers(1, 20 * DAY), min_size=1, max_size=5),
)
def test_an_activity_after_an_instant_changes_nothing_computed_as_of_it(
    draft: Definition, leads: list[Lead], rows: list[Handed], as_of: int, later: list[int]
) -> None:
    known = of_known(leads, [row for row in rows if row.mql_at <= as_of])
    known = replace(known, as_of=as_of)
    added = tuple(Activity(as_of + after, "page_view", "Director", 99.5) for after in later)
    grown = [replace(lead, activities=(*lead.activities, *added)) for lead in leads]

    before, after = told(leads, known, draft), told(grown, known, draft)

    assert after.bands == before.bands
    assert [after.expected(t, s) for t in range(1, 60) for s in Stage] == [
        before.expected(t, s) for t in range(1, 60) for s in Stage
    ]


@settings(max_examples=150)
@given(
    lively_definitions(),
    lively_populations(),
    drawn_handoffs,
    st.lists(st.integers(1, 20 * DAY), min_size=1, max_size=5),
)
def test_what_a_lead_does_after_every_hand_over_changes_no_hand_offs_band(
    draft: Definition, leads: list[Lead], rows: list[Handed], later: list[int]
) -> None:
    known = of_known(leads, rows)
    newest = max([row.mql_at for row in rows], default=0)
    added = tuple(Activity(newest + after, "page_view", "Director", 99.5) for after in later)
    grown = [replace(lead, activities=(*lead.activities, *added)) for lead in leads]

    before, after = told(leads, known, draft), told(grown, known, draft)

    def handed_over(found: Consequences) -> dict[int, tuple[int, int]]:
        return {band.low: (band.handed_over, band.decided) for band in found.bands if band.handed_over}

    assert handed_over(after) == handed_over(before)
