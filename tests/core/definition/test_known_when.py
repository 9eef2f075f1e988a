"""A lead is judged by what its fields were then: the plain rules, and that what comes later changes nothing before."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.definition import scoring
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    KnownTest,
    TextTest,
)
from lib.core.definition.earning import Hit, hits_on
from lib.core.leads.history import Activity, Change, Lead, history_of, lead_at
from lib.core.replay.hits import find_hits
from lib.core.replay.replay import replay, scores
from lib.core.time.clock import MICROSECONDS_PER_DAY as DAY
from tests.core.strategies import AS_OF, any_definitions, any_populations, instants, texts


def asks(field: str, word: str) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(field, (TextTest("is", (word,)),)),))


DIRECTOR = Criterion("director", "Director", Category.PROFILE, 20, asks("title", "Director"))
VIEWED = Criterion("viewed", "Viewed", Category.ACTIONS, 10, ActivityMatch(ActivityCondition(("page_view",))))
RIVAL = Criterion("rival", "A rival", Category.UNDESIRABLES, 0, asks("company", "Acme"), disqualify=True)


def title(at: int, value: str | None, before: str | None = None) -> Change:
    return Change("title", at, value, before)


def lead(*changes: Change, did: tuple[int, ...] = (), created_at: int = 10, **fields: str | None) -> Lead:
    activities = tuple(Activity(at, "page_view", activity_id=str(at)) for at in did)
    return Lead("a", created_at, fields, activities, changes=changes)


def qualified_at(definition: Definition, of: Lead) -> int | None:
    """When it qualifies, by the reference and by the replay, which agree."""
    found = scoring.qualification(definition, of, AS_OF)
    replayed = replay(find_hits(history_of([of]), definition), definition, as_of=AS_OF)
    assert replayed.score_at_qualification.tolist() == [found.score if found else 0]
    return found and found.at


def test_a_title_that_comes_late_earns_nothing_before() -> None:
    late = lead(title(50, "Director"), title="Director")

    assert hits_on(DIRECTOR, late) == (Hit(50),)
    assert qualified_at(Definition("d", 20, (DIRECTOR,)), late) == 50


def test_before_its_first_change_a_field_is_what_that_one_says_it_was() -> None:
    assert hits_on(DIRECTOR, lead(title(50, "Manager", before="Director"), title="Manager")) == (Hit(10, 50),)
    assert hits_on(DIRECTOR, lead(title(50, "Manager"), title="Manager")) == ()


def test_what_a_later_change_says_was_before_does_not_count() -> None:
    told = lead(title(20, "Manager"), title(50, "Clerk", before="Director"))

    assert hits_on(DIRECTOR, told) == ()


def test_a_field_of_which_no_change_is_known_is_what_it_is_now() -> None:
    assert hits_on(DIRECTOR, lead(Change("company", 50, "Acme"), title="Director")) == (Hit(10),)


def test_changes_up_to_its_creation_are_what_a_lead_is_created_with() -> None:
    assert hits_on(DIRECTOR, lead(title(5, "Clerk"), title(10, "Director"), title(11, "Clerk"))) == (Hit(10, 11),)


def test_a_field_that_goes_back_and_forth_earns_each_time() -> None:
    back = lead(title(20, "Director"), title(30, "Clerk"), title(40, "Director"))

    assert hits_on(DIRECTOR, back) == (Hit(20, 30), Hit(40))
    assert [scoring.explain(Definition("d", 1, (DIRECTOR,)), back, at).score for at in (19, 20, 30, 40)] == [
        0,
        20,
        0,
        20,
    ]


def test_what_two_fields_were_between_two_changes_of_one_instant_never_was() -> None:
    both = FieldMatch("all", (*asks("title", "Director").conditions, *asks("company", "Acme").conditions))
    swapped = lead(
        title(20, "Director", before="Clerk"),
        Change("company", 20, "Other", before="Acme"),
        title="Director",
        company="Other",
    )

    assert hits_on(replace(DIRECTOR, match=both), swapped) == ()


def test_a_change_and_a_hit_of_one_instant_count_together() -> None:
    definition = Definition("d", 30, (DIRECTOR, VIEWED))

    assert qualified_at(definition, lead(title(50, "Director"), did=(50,))) == 50
    assert qualified_at(definition, lead(title(50, "Clerk", before="Director"), did=(50,))) is None


def test_a_required_field_that_comes_late_lets_a_lead_qualify_then() -> None:
    needs = Definition("d", 10, (VIEWED,), require=("email",))

    assert qualified_at(needs, lead(Change("email", 50, "a@b.example"), did=(20,))) == 50
    assert qualified_at(needs, lead(Change("email", 50, " ", before="a@b.example"), did=(60,))) is None


def test_a_disqualifier_that_ends_lets_a_lead_qualify_then() -> None:
    rivals = Definition("d", 10, (VIEWED, RIVAL))

    assert qualified_at(rivals, lead(Change("company", 50, "Other", before="Acme"), did=(20,))) == 50
    assert qualified_at(rivals, lead(Change("company", 50, "Acme", before="Other"), did=(50,))) is None


def test_at_a_change_actions_are_worth_what_is_left_of_them() -> None:
    fading = Definition("d", 25, (DIRECTOR, VIEWED), half_life_days=1.0)
    soon = lead(title(DAY, "Director"), did=(0,), created_at=0)
    late = lead(title(2 * DAY, "Director"), did=(0,), created_at=0)

    assert qualified_at(fading, soon) == DAY
    assert qualified_at(fading, late) is None
    # What is left at the next hit is told from the last one, not from the change between.
    again = replace(late, activities=(*late.activities, Activity(3 * DAY, "page_view")))
    assert qualified_at(replace(fading, threshold=31), again) == 3 * DAY
    assert qualified_at(replace(fading, threshold=32), again) is None


def test_an_explanation_as_of_an_instant_knows_what_was_known_then() -> None:
    definition = Definition("d", 20, (DIRECTOR, RIVAL), require=("title",))
    of = lead(title(50, "Director"), Change("company", 60, "Acme", before="Other"))

    before, then, after = (scoring.explain(definition, of, at) for at in (49, 50, 60))

    assert [one.score for one in (before, then, after)] == [0, 20, 20]
    assert [[gate.is_open for gate in one.gates] for one in (before, then, after)] == [
        [False, True],
        [True, True],
        [True, False],
    ]


def test_whether_a_title_is_known_is_asked_as_of_the_instant_too() -> None:
    nameless = FieldMatch("one", (FieldCondition("title", (KnownTest(known=False),)),))

    assert hits_on(replace(DIRECTOR, match=nameless), lead(title(50, "Director"))) == (Hit(10, 50),)


@settings(max_examples=200)
@given(any_definitions, any_populations, instants, st.sampled_from(("title", "company")), texts, st.data())
def test_a_change_after_an_instant_changes_nothing_before_it(
    definition: Definition, leads: list[Lead], at: int, field: str, value: str | None, data: st.DataObject
) -> None:
    since = data.draw(st.integers(at + 1, AS_OF + DAY))
    changed = [
        replace(one, changes=(*one.changes, Change(field, since, value, one.text_at(field, since - 1))))
        for one in leads
        if all(change.at < since for change in one.changes)
    ]
    ids = {one.lead_id for one in changed}
    same = [one for one in leads if one.lead_id in ids]

    before, after = (find_hits(history_of(some), definition) for some in (same, changed))

    assert (
        replay(after, definition, as_of=at).qualified_at.tolist()
        == replay(before, definition, as_of=at).qualified_at.tolist()
    )
    assert np.array_equal(scores(after, definition, at).total, scores(before, definition, at).total, equal_nan=True)
    for one, other in zip(same, changed, strict=True):
        if one.created_at <= at:
            assert scoring.explain(definition, other, at) == scoring.explain(definition, one, at)


@settings(max_examples=200)
@given(any_definitions, any_populations, instants)
def test_a_lead_taken_from_all_of_them_is_judged_as_itself(
    definition: Definition, leads: list[Lead], as_of: int
) -> None:
    history = history_of(leads)

    for row, one in enumerate(sorted(leads, key=lambda one: one.lead_id)):
        taken = lead_at(history, row)
        assert scoring.qualification(definition, taken, as_of) == scoring.qualification(definition, one, as_of)
