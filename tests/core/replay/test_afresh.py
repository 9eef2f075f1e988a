"""Who is handed over again: all leads, returns and thresholds at once equal the plain reference for one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.arrays import NEVER
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.definition.earning import hits_on
from lib.core.definition.scoring import gates_open, looks, qualification, score_at
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.afresh import Afresh, Again, Returns, again, nobody_returned
from tests.core.strategies import (
    AS_OF,
    any_definitions,
    any_populations,
    instants,
    lively_definitions,
    lively_populations,
)

EDGES = np.arange(3 * 86_400_000_000, AS_OF + 2, 7 * 86_400_000_000, dtype=np.int64)

returns_of_each = st.lists(st.lists(instants, max_size=3, unique=True).map(sorted), min_size=4, max_size=4)
"""When each lead came back; there are never more than four leads."""


def again_plainly(lead: Lead, definition: Definition, returned: Sequence[int], until: int) -> list[int]:
    """When one lead is handed over again at the definition's threshold, looked at up to an instant."""
    first = qualification(definition, lead, until)
    found = []
    for since, before in pairwise([*returned, NEVER]):
        hits = tuple(
            (criterion, hits_on(criterion, lead, since if criterion.category is Category.ACTIONS else -NEVER))
            for criterion in definition.active()
        )
        earned = [hit.at for criterion, of in hits if criterion.category is Category.ACTIONS for hit in of]
        if not earned:
            continue
        begun = replace(lead, created_at=max(lead.created_at, min(earned)))
        for at in looks(definition, begun, hits, min(until, before - 1)):
            score = score_at(definition, hits, at)
            if score.score >= definition.threshold and gates_open(definition, begun, score, at):
                found += [at] if first is None or first.at != at else []
                break
    return found


def found_again(
    leads: list[Lead], definition: Definition, returned: Sequence[Sequence[int]], until: int | np.ndarray = AS_OF
) -> Again:
    pairs = [(row, at) for row, of in enumerate(returned[: len(leads)]) for at in of]
    came_back = Returns(
        np.array([row for row, _ in pairs], dtype=np.int64), np.array([at for _, at in pairs], np.int64)
    )
    return again(Afresh(history_of(leads), came_back), definition, until, EDGES)


@settings(max_examples=300)
@given(
    any_populations,
    st.one_of(any_definitions, lively_definitions()),
    returns_of_each,
    st.lists(instants, min_size=4, max_size=4),
)
def test_again_at_every_threshold_is_what_each_lead_alone_gives(
    leads: list[Lead], definition: Definition, returned: list[list[int]], until: list[int]
) -> None:
    each = np.array(until[: len(leads)], dtype=np.int64)

    found = found_again(leads, definition, returned, each)

    for threshold in range(1, found.surface.top + 3):
        plainly = [
            (row, at)
            for row, lead in enumerate(leads)
            for at in again_plainly(lead, definition.with_threshold(threshold), returned[row], until[row])
            if EDGES[0] <= at < EDGES[-1]
        ]
        rows = found.at_threshold(threshold)
        assert sorted(zip(found.lead[rows].tolist(), found.at[rows].tolist(), strict=True)) == sorted(plainly)
        assert found.surface.at(threshold).tolist() == [
            sum(start <= at < end for _, at in plainly) for start, end in pairwise(EDGES)
        ]


@settings(max_examples=60)
@given(st.lists(any_definitions, min_size=2, max_size=4), lively_populations(), returns_of_each)
def test_what_was_found_for_other_definitions_changes_nothing(
    seen: list[Definition], leads: list[Lead], returned: list[list[int]]
) -> None:
    pairs = [(row, at) for row, of in enumerate(returned[: len(leads)]) for at in of]
    came_back = Returns(
        np.array([row for row, _ in pairs], dtype=np.int64), np.array([at for _, at in pairs], np.int64)
    )
    afresh = Afresh(history_of(leads), came_back)

    for definition in seen * 2:
        remembered = again(afresh, definition, AS_OF, EDGES)

        anew = found_again(leads, definition, returned)
        assert remembered.surface.by_bin.tolist() == anew.surface.by_bin.tolist()


DAY = 86_400_000_000
DEMO = Criterion("demo", "Asked for a demo", Category.ACTIONS, 30, ActivityMatch(ActivityCondition(("form",)), 1))
VISIT = Criterion("visit", "Visited", Category.ACTIONS, 10, ActivityMatch(ActivityCondition(("visit",))))
OUT = Criterion("out", "Left", Category.UNDESIRABLES, -20, ActivityMatch(ActivityCondition(("leave",)), 1))
RULES = Definition("rules", 30, (DEMO, VISIT, OUT))


def days(definition: Definition, returned: list[int], *did: tuple[int, str]) -> list[int]:
    """On which days one lead that did this on these days, and came back on those, is handed over again."""
    lead = Lead("a", 0, {}, tuple(Activity(day * DAY, kind) for day, kind in did))
    found = found_again([lead], definition, [[day * DAY for day in returned]])
    plainly = [at // DAY for at in again_plainly(lead, definition, [day * DAY for day in returned], AS_OF)]
    rows = found.at_threshold(definition.threshold)
    assert (found.at[rows] // DAY).tolist() == plainly
    return plainly


def test_who_asks_again_after_a_return_is_handed_over_again_though_the_limit_is_one() -> None:
    assert days(RULES, [6], (5, "form"), (8, "form")) == [8]


def test_without_a_return_nobody_is_handed_over_again() -> None:
    assert days(RULES, [], (5, "form"), (8, "form")) == []


def test_what_was_done_before_or_at_the_return_is_worth_nothing_after_it() -> None:
    assert days(RULES, [6], (5, "form"), (6, "form")) == []
    assert days(RULES, [6], (5, "form"), (7, "visit")) == []
    assert days(RULES, [6], (5, "form"), (7, "visit"), (8, "visit"), (9, "visit")) == [9]


def test_each_return_counts_once_up_to_the_next_and_not_at_its_instant() -> None:
    assert days(RULES, [6, 10], (5, "form"), (8, "form"), (9, "form"), (12, "form")) == [8, 12]
    assert days(RULES, [6, 8], (5, "form"), (8, "form")) == []


def test_the_first_qualifying_is_never_also_an_again() -> None:
    # Sales had it by hand: it came back before it ever reached the threshold.
    assert days(RULES, [6], (8, "form")) == []
    assert days(RULES, [6, 9], (8, "form"), (10, "form")) == [10]


def test_what_speaks_against_a_lead_counts_whenever_it_was() -> None:
    assert days(RULES, [6], (4, "leave"), (5, "visit"), (8, "form")) == []


def test_a_customer_is_not_handed_over_again() -> None:
    lead = Lead("a", 0, {}, (Activity(5 * DAY, "form"), Activity(8 * DAY, "form")))

    assert len(found_again([lead], RULES, [[6 * DAY]], np.array([8 * DAY - 1])).at) == 0
    assert found_again([lead], RULES, [[6 * DAY]], np.array([8 * DAY])).at.tolist() == [8 * DAY]


def test_returns_that_say_the_same_are_equal_and_the_next_is_the_same_leads() -> None:
    def came_back() -> Returns:
        return Returns(np.array([0, 0, 2]), np.array([5, 7, 6]))

    assert came_back() == came_back()
    assert hash(came_back()) == hash(came_back())
    assert came_back() != nobody_returned()
    assert came_back().next_at.tolist() == [7, NEVER, NEVER]


def test_where_nobody_came_back_nobody_is_handed_over_again() -> None:
    found = again(Afresh(history_of([Lead("a", 0, {}, ())]), nobody_returned()), RULES, AS_OF, EDGES)

    assert (found.surface.top, found.surface.at(1).sum(), len(found.at_threshold(30))) == (0, 0, 0)
