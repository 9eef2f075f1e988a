"""What sales would make of a draft's leads: cases by hand, a plain recomputation, and intervals that hold."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.consequences.expected import Consequences, Expected, consequences
from lib.core.consequences.in_words import acceptance_in_words, further_in_words
from lib.core.consequences.known import Stage, evidence
from lib.core.definition import scoring
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.statistics.rates import rate, wilson
from lib.core.time.window import Window
from tests.core.handing_over import Handed, everybody_above, handoffs
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
    history = history_of(leads)
    return consequences(HitIndex(history).hits(draft), draft, evidence(rows, history, everybody_above(history)), window)


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


def test_a_hand_off_from_before_its_lead_was_created_has_no_score_and_still_decides_its_lead() -> None:
    lead = visitor("a", 5 * DAY, created_at=5 * DAY)

    found = told([lead], handoffs(Handed("a", DAY, "accepted")))

    assert found.unscored == 1
    assert sum(band.handed_over for band in found.bands) == 0
    assert (found.expected(1).observed, found.expected(1).observed_reached) == (1, 1)


# What is to be expected.


def test_a_lead_decided_on_counts_as_decided_whatever_its_band_says() -> None:
    leads, rows = a_band(5, 10, 10)
    rejected = visitor("rejected", *[DAY] * 5)

    expected = told([*leads, rejected], handoffs(*rows, Handed("rejected", 2 * DAY, "rejected"))).expected(5)

    assert (expected.observed, expected.observed_reached, expected.estimated) == (11, 10, 0)


@pytest.mark.parametrize("still_open", [True, False])
def test_a_lead_never_decided_on_counts_at_the_rate_of_its_scores_band(still_open: bool) -> None:
    leads, rows = a_band(5, 3, 12)
    other = visitor("other", *[DAY] * 8)
    open_one = [Handed("other", 2 * DAY)] if still_open else []

    expected = told([*leads, other], handoffs(*rows, *open_one)).expected(5)

    assert (expected.observed, expected.estimated, expected.not_observed) == (12, 1, 0)
    assert expected.estimated_reached == 3 / 12
    assert expected.share == (3 + 3 / 12) / 13


def test_where_nothing_was_ever_decided_nothing_is_guessed() -> None:
    leads, rows = a_band(5, 3, 12)
    beyond = [visitor("beyond", *[DAY] * 15), visitor("open", *[DAY] * 25)]

    expected = told([*leads, *beyond], handoffs(*rows, Handed("open", 2 * DAY))).expected(5)

    assert (expected.leads, expected.known, expected.not_observed) == (14, 12, 2)
    assert expected.share == 3 / 12


def test_of_several_decisions_the_one_handed_over_nearest_to_the_qualification_counts() -> None:
    lead = visitor("a", *[10 * DAY] * 5)
    rows = [Handed("a", 4 * DAY, "rejected"), Handed("a", 12 * DAY, "accepted"), Handed("a", 30 * DAY, "rejected")]

    assert told([lead], handoffs(*rows)).expected(5).observed_reached == 1


def test_of_two_decisions_as_near_the_earlier_counts() -> None:
    lead = visitor("a", *[10 * DAY] * 5)

    found = told([lead], handoffs(Handed("a", 8 * DAY, "accepted"), Handed("a", 12 * DAY, "rejected")))

    assert found.expected(5).observed_reached == 1


def test_a_nearer_hand_off_that_is_open_does_not_hide_the_decision() -> None:
    lead = visitor("a", *[10 * DAY] * 5)

    found = told([lead], handoffs(Handed("a", 4 * DAY, "rejected"), Handed("a", 10 * DAY)))

    assert (found.expected(5).observed, found.expected(5).observed_reached) == (1, 0)


def test_sqls_and_wins_are_expected_as_acceptance_is() -> None:
    leads = [visitor(f"lead-{n}", *[DAY] * 5) for n in range(10)]
    rows = [Handed(f"lead-{n}", 2 * DAY, became) for n, became in enumerate(["won", "sql", *["rejected"] * 8])]

    found = told([*leads, visitor("other", *[DAY] * 5)], handoffs(*rows))

    by_stage = [found.expected(5, stage) for stage in Stage]
    assert [one.observed_reached for one in by_stage] == [2, 2, 1]
    assert [one.estimated_reached for one in by_stage] == [0.2, 0.2, 0.1]


def test_a_threshold_above_every_score_brings_nothing() -> None:
    leads, rows = a_band(5, 3, 12)

    expected = told(leads, handoffs(*rows)).expected(6)

    assert (expected.leads, expected.share) == (0, None)
    assert acceptance_in_words(expected) == "No lead qualifies at 6 points."


def test_without_any_decision_there_is_nothing_to_say() -> None:
    found = told([visitor("a", DAY)], handoffs())

    assert (found.expected(1).leads, found.expected(1).not_observed, found.expected(1).share) == (1, 1, None)
    assert np.isnan(found.trade_off().share).all()


def test_without_any_lead_there_is_no_band_and_no_threshold() -> None:
    found = told([], handoffs())

    assert (found.bands, found.top, len(found.trade_off().thresholds)) == ((), 0, 0)


def test_three_decisions_stand_as_counts_alone() -> None:
    leads, rows = a_band(5, 2, 3)
    others = [visitor(f"other-{n}", *[DAY] * 5) for n in range(40)]

    expected = told([*leads, *others], handoffs(*rows)).expected(5)

    assert (expected.observed, expected.estimated, expected.share, expected.margin) == (3, 40, None, None)


@pytest.mark.parametrize(("created_at", "is_in"), [(0, True), (42 * DAY - 1, True), (42 * DAY, False)])
def test_only_leads_that_qualify_in_the_window_count(created_at: int, is_in: bool) -> None:
    lead = visitor("a", created_at, created_at=created_at)

    found = told([lead], handoffs(as_of=50 * DAY))

    assert found.expected(1).leads == int(is_in)


def test_who_qualifies_after_the_instant_looked_at_is_not_known_yet() -> None:
    leads = [visitor("a", 3 * DAY), visitor("b", 3 * DAY + 1)]

    assert told(leads, handoffs(as_of=3 * DAY)).expected(1).leads == 1


def test_what_is_expected_is_said_with_where_it_comes_from() -> None:
    leads, rows = a_band(5, 6, 12)
    others = [visitor("other-1", *[DAY] * 5), visitor("other-2", *[DAY] * 5), visitor("beyond", *[DAY] * 15)]

    said = acceptance_in_words(told([*leads, *others], handoffs(*rows)).expected(5))

    assert said == (
        "Of 15 leads at 5 points, sales has decided on 12 and accepted 6; of 2 others it would accept about 1 (50 %), "
        "as it did with scores like theirs; 1 has a score that was never decided on, and nothing is guessed."
    )


def test_how_many_would_be_sqls_and_won_is_said_with_its_interval_or_as_counts_alone() -> None:
    sql = Expected(60, Stage.SQL, 20, 5, 5, 1.2, 3, 0.1, 0.4)
    won = Expected(60, Stage.WON, 20, 1, 5, 0.2, 3, None, None)

    said = further_in_words(sql, won)

    assert said == (
        "Of 25 leads about 6 (25 %, 95 % interval 10 to 40 %) would be SQLs and about 1 won, "
        "as far as hand-offs like them have come by now."
    )
    nothing = Expected(60, Stage.SQL, 0, 0, 0, 0.0, 3, None, None)
    assert further_in_words(nothing, nothing).startswith("Nothing tells how many would become SQLs")


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
def test_every_threshold_equals_a_plain_recomputation(draft: Definition, leads: list[Lead], rows: list[Handed]) -> None:
    known = of_known(leads, rows)
    by_id = {lead.lead_id: lead for lead in leads}
    decided = [
        (known.lead_id[n].as_py(), int(known.mql_at[n]), bool(known.accepted[n]))
        for n in range(len(known))
        if known.decision[n] != Decision.OPEN
    ]

    found = told(leads, known, draft)

    trials, accepted = Counter[int](), Counter[int]()
    for lead_id, mql_at, was_accepted in decided:
        lead = by_id[lead_id]
        if lead.created_at <= mql_at:
            score = scoring.score_at(draft, scoring.hits_of(draft, lead), mql_at).score
            trials[score // 10] += 1
            accepted[score // 10] += was_accepted
    assert {band.low // 10: band.decided for band in found.bands if band.observed} == dict(trials)
    for threshold in range(1, found.top + 2):
        observed, reached, estimated, estimate, not_observed = 0, 0, 0, 0.0, 0
        for lead in leads:
            reaches = scoring.qualification(draft.with_threshold(threshold), lead, AS_OF)
            if reaches is None:
                continue
            own = [(abs(at - reaches.at), at, was) for lead_id, at, was in decided if lead_id == lead.lead_id]
            if own:
                observed += 1
                # Hand-offs of one lead at one instant are one cycle in the data; drawn ones may differ.
                reached += min(own, key=lambda one: one[:2])[2]
            elif trials[reaches.score // 10]:
                estimated += 1
                estimate += accepted[reaches.score // 10] / trials[reaches.score // 10]
            else:
                not_observed += 1
        expected = found.expected(threshold)
        assert (expected.observed, expected.estimated, expected.not_observed) == (observed, estimated, not_observed)
        assert expected.estimated_reached == pytest.approx(estimate)
        if len({(lead_id, at) for lead_id, at, _ in decided}) == len(decided):
            assert expected.observed_reached == reached


@given(lively_definitions(), lively_populations(), drawn_handoffs, st.sampled_from(list(Stage)))
def test_the_trade_off_is_what_each_threshold_is_expected_to_bring(
    draft: Definition, leads: list[Lead], rows: list[Handed], stage: Stage
) -> None:
    found = told(leads, of_known(leads, rows), draft)

    curve = found.trade_off(stage)

    assert curve.thresholds.tolist() == list(range(1, found.top + 1))
    for n, threshold in enumerate(curve.thresholds.tolist()):
        expected = found.expected(threshold, stage)
        assert curve.mqls_per_week[n] == pytest.approx(expected.leads / 6)
        assert np.isnan(curve.share[n]) == (expected.share is None)
        if expected.share is not None:
            assert (curve.share[n], curve.low95[n]) == (pytest.approx(expected.share), pytest.approx(expected.low95))


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


# How sure it is.


def of_counts(
    decided: list[int], accepted: list[int], used: list[int], used_accepted: int, others: list[int]
) -> Consequences:
    """One threshold's tables: bands with decisions, and nothing outside of them."""
    return Consequences(
        window=WINDOW,
        as_of=AS_OF,
        bands=(),
        bands_drawn=(),
        unscored=0,
        decided=np.array([*decided, 0]),
        reached=np.array([[*accepted, 0]] * 3),
        used=np.array([[*used, 0]] * 2).T,
        used_reached=np.array([[used_accepted] * 2] * 3),
        others=np.array([[*others, 0]] * 2).T,
        below=None,
        drawn=np.zeros(len(decided) + 1, dtype=np.bool_),
    )


def test_where_every_lead_was_decided_on_the_interval_is_wilsons() -> None:
    expected = of_counts([40], [18], [40], 18, [0]).expected(1)

    wanted = rate(18, 40)
    assert (expected.low95, expected.high95) == (pytest.approx(wanted.low95), pytest.approx(wanted.high95))


def test_where_all_leads_are_estimated_by_one_band_the_interval_is_that_bands() -> None:
    expected = of_counts([40], [18], [0], 0, [500]).expected(1)

    wanted = rate(18, 40)
    assert (expected.low95, expected.high95) == (pytest.approx(wanted.low95), pytest.approx(wanted.high95))


def test_decisions_used_for_their_own_lead_and_to_estimate_others_are_not_counted_twice() -> None:
    """Half decided, half estimated by the very same decisions: as sure as these decisions are, no surer."""
    expected = of_counts([40], [18], [40], 18, [40]).expected(1)

    wanted = rate(18, 40)
    assert (expected.low95, expected.high95) == (pytest.approx(wanted.low95), pytest.approx(wanted.high95))


def test_the_interval_of_two_bands_joins_their_distances_in_quadrature() -> None:
    expected = of_counts([30, 50], [10, 40], [0, 0], 0, [60, 40]).expected(1)

    low, high = wilson(np.array([10, 40]), np.array([30, 50]))
    total = 60 * 10 / 30 + 40 * 40 / 50
    down = np.hypot(60 * (10 / 30 - low[0]), 40 * (40 / 50 - low[1]))
    up = np.hypot(60 * (high[0] - 10 / 30), 40 * (high[1] - 40 / 50))
    assert expected.low95 == pytest.approx((total - down) / 100)
    assert expected.high95 == pytest.approx((total + up) / 100)


@pytest.mark.parametrize(
    ("chances", "decided", "used", "others"),
    [
        ([0.2, 0.5, 0.7], [60, 80, 40], [60, 80, 40], [0, 0, 0]),
        ([0.2, 0.5, 0.7], [60, 80, 40], [30, 40, 40], [100, 50, 0]),
        ([0.1, 0.4, 0.9], [200, 100, 50], [0, 100, 50], [400, 300, 20]),
        ([0.3], [25], [10], [300]),
        ([0.05, 0.6], [40, 150], [10, 150], [30, 30]),
    ],
)
def test_95_per_cent_intervals_hold_the_true_chance_in_95_per_cent_of_a_thousand_repetitions(
    chances: list[float], decided: list[int], used: list[int], others: list[int]
) -> None:
    rng = np.random.default_rng(11)
    leads = sum(used) + sum(others)
    truth = sum(p * (u + n) for p, u, n in zip(chances, used, others, strict=True)) / leads

    held = 0
    for _ in range(1000):
        of_used = rng.binomial(used, chances)
        of_others = rng.binomial(np.array(decided) - used, chances)
        found = of_counts(decided, (of_used + of_others).tolist(), used, int(of_used.sum()), others).expected(1)
        assert found.low95 is not None
        assert found.high95 is not None
        held += found.low95 <= truth <= found.high95

    assert 0.93 <= held / 1000 <= 0.97
