"""Who is handed over now, and to whom: new leads, returned leads, and whose turn it is."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.arrays import NEVER
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, BelowLine, Category, Criterion, Definition
from lib.core.definition.earning import Hits, hits_on
from lib.core.definition.scoring import gates_open, looks, qualification, score_at
from lib.core.handoffs.below_line import is_drawn
from lib.core.handoffs.reps import Rep
from lib.core.handoffs.routing import Standing, drawn_below_the_line, owners, qualifying
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from tests.core.strategies import (
    AS_OF,
    definitions,
    instants,
    lively_definitions,
    lively_populations,
    populations,
)


def standing_of(
    returned: list[int | None], shut: list[bool] | None = None, since: list[int | None] | None = None
) -> Standing:
    return Standing(
        cycles=np.array([0 if at is None else 1 for at in returned], dtype=np.int32),
        returned_at=np.array([NEVER if at is None else at for at in returned], dtype=np.int64),
        shut=np.array(shut or [False] * len(returned), dtype=np.bool_),
        customer_since=np.array(
            [NEVER if at is None else at for at in since or [None] * len(returned)], dtype=np.int64
        ),
    )


SINCE_EVER = -1


def found(
    leads: list[Lead],
    definition: Definition,
    returned: list[int | None],
    shut: list[bool] | None = None,
    customers: list[int | None] | None = None,
    since: int = SINCE_EVER,
) -> dict[str, tuple[int, int]]:
    """When each lead to be handed over qualified, and with what."""
    history = history_of(leads)
    qualified = qualifying(HitIndex(history), definition, standing_of(returned, shut, customers), AS_OF, since)
    ids = history.lead_id.take(qualified.rows).to_pylist()
    return dict(zip(ids, zip(qualified.qualified_at.tolist(), qualified.score.tolist(), strict=True), strict=True))


def drawn(
    leads: list[Lead], definition: Definition, returned: list[int | None], *, version: int = 1, since: int = 0
) -> dict[str, tuple[int, int]]:
    """When each lead that is drawn below the line came so far, and with what."""
    history = history_of(leads)
    index, standing = HitIndex(history), standing_of(returned)
    qualified = qualifying(index, definition, standing, AS_OF, SINCE_EVER)
    below = drawn_below_the_line(index, definition, standing, AS_OF, qualified=qualified, version=version, since=since)
    ids = history.lead_id.take(below.rows).to_pylist()
    return dict(zip(ids, zip(below.qualified_at.tolist(), below.score.tolist(), strict=True), strict=True))


def expected(
    lead: Lead, definition: Definition, returned: int | None, start: int = SINCE_EVER
) -> tuple[int, int] | None:
    """The same, plainly, for one lead: its first look from the start on that reaches the threshold, all gates open."""
    hits = tuple((criterion, hits_on(criterion, lead)) for criterion in definition.active())
    if returned is None:
        return first_look(definition, lead, hits, start)
    hits = tuple(
        (criterion, hits_on(criterion, lead, returned if criterion.category is Category.ACTIONS else -NEVER))
        for criterion in definition.active()
    )
    earned = [hit.at for criterion, of in hits if criterion.category is Category.ACTIONS for hit in of]
    if not earned:
        return None
    again = replace(lead, created_at=max(lead.created_at, min(earned)))
    return first_look(definition, again, hits, start)


def first_look(definition: Definition, lead: Lead, hits: Hits, start: int) -> tuple[int, int] | None:
    if score_at(definition, hits, AS_OF).disqualified:
        return None
    stands = {at: score_at(definition, hits, at) for at in looks(definition, lead, hits, AS_OF)}
    reaches = {
        at: score.score
        for at, score in stands.items()
        if score.score >= definition.threshold and gates_open(definition, lead, score, at)
    }
    if any(at < start for at in reaches):
        # It was there before the start: only new hits bring it, no gate that opens again.
        earned = {hit.at for _, of in hits for hit in of}
        reaches = {at: score for at, score in reaches.items() if at >= start and at in earned}
    return min(reaches.items(), default=None)


@settings(max_examples=200)
@given(
    st.one_of(populations(), lively_populations()),
    st.one_of(definitions(), lively_definitions()),
    st.lists(st.one_of(st.none(), instants), min_size=8, max_size=8),
    st.one_of(st.just(SINCE_EVER), instants),
)
def test_all_leads_at_once_are_what_each_lead_is_alone(
    leads: list[Lead], definition: Definition, returned: list[int | None], since: int
) -> None:
    returned = returned[: len(leads)]

    plainly = {
        lead.lead_id: qualified
        for lead, at in zip(leads, returned, strict=True)
        if (qualified := expected(lead, definition, at, since))
    }

    assert found(leads, definition, returned, since=since) == plainly


@given(st.one_of(populations(), lively_populations()), st.one_of(definitions(), lively_definitions()))
def test_from_the_beginning_it_is_who_qualifies(leads: list[Lead], definition: Definition) -> None:
    found_now = found(leads, definition, [None] * len(leads))

    for lead in leads:
        reached = qualification(definition, lead, AS_OF)
        if lead.lead_id in found_now:
            assert reached is not None
            assert found_now[lead.lead_id] == (reached.at, reached.score)


@settings(max_examples=200)
@given(
    st.one_of(populations(), lively_populations()),
    st.one_of(definitions(), lively_definitions()),
    st.lists(st.one_of(st.none(), instants), min_size=8, max_size=8),
    instants,
    st.integers(1, 20),
)
def test_who_is_drawn_came_so_far_since_the_version_and_no_further_and_has_the_lot(
    leads: list[Lead], definition: Definition, returned: list[int | None], since: int, version: int
) -> None:
    returned = returned[: len(leads)]
    below = definition.below_line

    plainly = {}
    for lead, at in zip(leads, returned, strict=True):
        cycle = 1 if at is None else 2
        if below is None or expected(lead, definition, at) or not is_drawn(lead.lead_id, cycle, version, below.share):
            continue
        came = expected(lead, replace(definition, threshold=below.start), at)
        if came and came[0] >= since:
            plainly[lead.lead_id] = came

    assert drawn(leads, definition, returned, version=version, since=since) == plainly


DEMO = Criterion("demo", "Asked for a demo", Category.ACTIONS, 30, ActivityMatch(ActivityCondition(("form",)), 1))
UNSUBSCRIBED = Criterion(
    "out", "Unsubscribed", Category.UNDESIRABLES, -20, ActivityMatch(ActivityCondition(("unsubscribe",)), 1)
)
ONLY_DEMO = Definition("demo", 30, (DEMO,))


def lead(*activities: tuple[int, str]) -> Lead:
    return Lead("a", 0, {}, tuple(Activity(at, kind) for at, kind in activities))


def test_a_lead_that_returned_is_not_handed_over_for_what_it_did_before() -> None:
    assert found([lead((10, "form"))], ONLY_DEMO, [20]) == {}


def test_an_action_at_the_instant_of_the_return_was_before_it() -> None:
    assert found([lead((20, "form"))], ONLY_DEMO, [20]) == {}
    assert found([lead((21, "form"))], ONLY_DEMO, [20]) == {"a": (21, 30)}


def test_limits_begin_anew_so_that_who_asks_again_is_handed_over_again() -> None:
    assert found([lead((10, "form"), (30, "form"))], ONLY_DEMO, [20]) == {"a": (30, 30)}


def test_what_speaks_against_a_returned_lead_counts_whenever_it_was() -> None:
    definition = Definition("demo", 30, (DEMO, UNSUBSCRIBED))

    assert found([lead((10, "unsubscribe"), (30, "form"))], definition, [20]) == {}
    assert found([lead((30, "form"))], definition, [20]) == {"a": (30, 30)}


def test_a_returned_lead_that_does_nothing_more_stays_however_well_it_fits() -> None:
    anybody = Criterion("any", "Anybody", Category.ACTIONS, 0, ActivityMatch(ActivityCondition(("visit",))))
    definition = Definition("all", 1, (replace(anybody, points=1),))

    assert found([lead((10, "visit"))], definition, [None]) == {"a": (10, 1)}
    assert found([lead((10, "visit"))], definition, [10]) == {}


def test_a_lead_that_is_shut_is_left_alone() -> None:
    assert found([lead((10, "form"))], ONLY_DEMO, [None], [True]) == {}
    assert found([lead((30, "form"))], ONLY_DEMO, [20], [True]) == {}


def test_a_customer_is_left_alone_whenever_it_qualified_unless_the_definition_says_otherwise() -> None:
    asked = lead((10, "form"), (30, "form"))

    assert found([asked], ONLY_DEMO, [None], customers=[20]) == {}
    assert found([asked], ONLY_DEMO, [20], customers=[20]) == {}
    assert found([asked], ONLY_DEMO, [None], customers=[AS_OF + 1]) == {"a": (10, 30)}
    assert found([asked], ONLY_DEMO.with_customers(True), [20], customers=[20]) == {"a": (30, 30)}


def test_no_customer_is_drawn_below_the_line() -> None:
    history = history_of([twice(LOT)])
    index, standing = HitIndex(history), standing_of([None], since=[20])

    def drawn_by(definition: Definition) -> int:
        nobody = qualifying(index, definition, standing, AS_OF, SINCE_EVER)
        return len(drawn_below_the_line(index, definition, standing, AS_OF, qualified=nobody, version=1, since=0).rows)

    assert drawn_by(SAMPLED) == 0
    assert drawn_by(SAMPLED.with_customers(True)) == 1


def test_a_lead_whose_points_faded_since_it_qualified_is_handed_over_still() -> None:
    fading = replace(ONLY_DEMO, half_life_days=1.0)

    assert found([lead((10, "form"))], fading, [None]) == {"a": (10, 30)}


def test_a_lead_disqualified_since_it_qualified_is_not_handed_over() -> None:
    definition = Definition("demo", 30, (DEMO, replace(UNSUBSCRIBED, points=0, disqualify=True)))

    assert found([lead((10, "form"), (11, "unsubscribe"))], definition, [None]) == {}


# Below the line.

VISIT = Criterion("visit", "Visited", Category.ACTIONS, 10, ActivityMatch(ActivityCondition(("visit",))))
SAMPLED = Definition("sampled", 30, (VISIT, UNSUBSCRIBED), below_line=BelowLine(0.2, 20))


def twice(lead_id: str, *later: int) -> Lead:
    """A lead that comes to 20 points at 11, and 10 further at each later instant."""
    return Lead(lead_id, 0, {}, tuple(Activity(at, "visit") for at in (10, 11, *later)))


LOT = next(f"lead-{n}" for n in range(100) if is_drawn(f"lead-{n}", 1, 1, 0.2))
NO_LOT = next(f"lead-{n}" for n in range(100) if not is_drawn(f"lead-{n}", 1, 1, 0.2))


def test_only_who_has_the_lot_is_drawn() -> None:
    assert drawn([twice(LOT)], SAMPLED, [None]) == {LOT: (11, 20)}
    assert drawn([twice(NO_LOT)], SAMPLED, [None]) == {}


def test_nobody_is_drawn_where_the_definition_does_not_say_so() -> None:
    assert drawn([twice(LOT)], SAMPLED.with_below_line(None), [None]) == {}


def test_who_has_reached_the_threshold_by_now_is_an_ordinary_mql() -> None:
    assert drawn([twice(LOT, 12)], SAMPLED, [None]) == {}
    assert found([twice(LOT, 12)], SAMPLED, [None]) == {LOT: (12, 30)}


def test_who_jumps_over_both_at_once_is_an_ordinary_mql() -> None:
    jumping = Lead(LOT, 0, {}, tuple(Activity(10, "visit") for _ in range(3)))

    assert drawn([jumping], SAMPLED, [None]) == {}
    assert found([jumping], SAMPLED, [None]) == {LOT: (10, 30)}


def test_who_came_so_far_before_the_version_is_left_alone() -> None:
    assert drawn([twice(LOT)], SAMPLED, [None], since=12) == {}
    assert drawn([twice(LOT)], SAMPLED, [None], since=11) == {LOT: (11, 20)}


def test_who_has_faded_since_is_drawn_still_and_who_is_disqualified_since_is_not() -> None:
    fading = replace(SAMPLED, half_life_days=1.0)
    out = replace(SAMPLED, criteria=(VISIT, replace(UNSUBSCRIBED, points=0, disqualify=True)))
    left = replace(twice(LOT), activities=(*twice(LOT).activities, Activity(12, "unsubscribe")))

    assert drawn([twice(LOT)], fading, [None]) == {LOT: (11, 20)}
    assert drawn([left], out, [None]) == {}


def test_a_new_version_draws_anew() -> None:
    both = [version for version in range(1, 40) if drawn([twice(LOT)], SAMPLED, [None], version=version)]

    assert 1 in both
    assert 0 < len(both) < 39


# Whose turn it is.

REPS = (Rep("r1", team="North"), Rep("r2", team="North"), Rep("r3", team="South"), Rep("r4", capacity_per_day=0.0))


def test_reps_take_turns() -> None:
    assert owners([None] * 4, REPS, {}) == ["r1", "r2", "r3", "r1"]


def test_who_has_fewest_open_is_next() -> None:
    assert owners([None] * 3, REPS, {"r1": 2, "r2": 1}) == ["r3", "r2", "r3"]


def test_a_leads_own_rep_keeps_it_and_it_counts_for_the_turns() -> None:
    assert owners(["r1", " r1 ", None, None, None], REPS, {}) == ["r1", "r1", "r2", "r3", "r2"]


def test_a_rep_without_capacity_takes_only_their_own() -> None:
    assert owners(["r4", None], (REPS[3],), {}) == ["r4", None]


def test_an_owner_that_names_a_team_leaves_the_choice_to_it() -> None:
    assert owners(["north"] * 3 + ["South", "nobody we know"], REPS, {}) == ["r1", "r2", "r1", "r3", "r2"]


def test_without_reps_nobody_is_assigned() -> None:
    assert owners([None, "r1"], (), {}) == [None, None]


@given(
    st.lists(st.sampled_from([None, "r1", "r3", "north", "South", "else"]), max_size=40),
    st.dictionaries(st.sampled_from(["r1", "r2", "r3", "r4"]), st.integers(0, 5)),
)
def test_each_lead_goes_to_whoever_of_its_team_has_the_fewest_open_then(
    wanted: list[str | None], open_handoffs: dict[str, int]
) -> None:
    held = Counter(open_handoffs)

    for owner, chosen in zip(wanted, owners(wanted, REPS, open_handoffs), strict=True):
        team = {"north": ["r1", "r2"], "South": ["r3"]}.get(owner or "", ["r1", "r2", "r3"])
        candidates = [owner] if owner in ("r1", "r3") else team
        assert chosen == min(candidates, key=lambda rep: (held[rep], rep))
        held[chosen] += 1
