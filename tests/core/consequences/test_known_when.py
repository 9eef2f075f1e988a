"""How far figures rest on fields whose history nobody knows, and whose fields changed after the hand-over."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from lib.core.consequences import in_words
from lib.core.consequences.known_when import KnownWhen, known_when
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    TextTest,
    fields_used,
)
from lib.core.definition.scoring import qualification
from lib.core.leads.history import Activity, Change, Lead, history_of
from lib.core.replay.hits import find_hits
from tests.core.strategies import AS_OF, any_definitions, any_populations

DIRECTOR = Criterion(
    "director",
    "Director",
    Category.PROFILE,
    20,
    FieldMatch("one", (FieldCondition("title", (TextTest("is", ("Director",)),)),)),
)
VIEWED = Criterion("viewed", "Viewed", Category.ACTIONS, 10, ActivityMatch(ActivityCondition(("page_view",))))
ASKS = Definition("d", 20, (DIRECTOR, VIEWED))


def lead(*changes: Change, views: int = 0, **fields: str) -> Lead:
    return Lead("a", 0, fields, tuple(Activity(n, "page_view") for n in range(views)), changes=changes)


def of(definition: Definition, *leads: Lead, at: int = 50) -> KnownWhen:
    history = history_of([replace(one, lead_id=str(n)) for n, one in enumerate(leads)])
    rows = np.arange(len(leads))
    return known_when(history, find_hits(history, definition), definition, rows, np.full(len(leads), at))


def test_who_reaches_the_threshold_only_by_a_field_without_history_rests_on_it() -> None:
    by_title, by_deeds = lead(title="Director"), lead(title="Director", views=2)
    dated = lead(Change("title", 10, "Director"), title="Director")

    found = of(ASKS, by_title, by_deeds, dated)

    assert found == KnownWhen(leads=3, changed_after=0, undated=2, resting=1, fields=(("title", 2),))


def test_a_required_field_without_history_is_rested_on_though_it_earns_nothing() -> None:
    needs = replace(ASKS, require=("email",))

    assert of(needs, lead(title="Clerk", email="a@b.example", views=2)).resting == 1
    assert of(needs, lead(Change("email", 10, "a@b.example"), title="Clerk", views=2)).resting == 0


def test_a_blank_field_says_nothing_that_could_be_rested_on() -> None:
    assert of(ASKS, lead(title=" ", views=2)) == KnownWhen(1, 0, 0, 0, ())


def test_a_field_without_changes_is_dated_from_when_on_imports_have_watched_its_lead() -> None:
    history = replace(history_of([lead(title="Director")]), watched_since=np.array([40]))
    hits = find_hits(history, ASKS)

    before, since = (known_when(history, hits, ASKS, np.arange(1), np.array([at])) for at in (39, 40))

    assert (before.undated, since.undated) == (1, 0)


def test_a_change_after_the_instant_is_counted_and_one_up_to_it_is_not() -> None:
    assert of(ASKS, lead(Change("title", 51, "Clerk", "Director"), title="Clerk")).changed_after == 1
    assert of(ASKS, lead(Change("title", 50, "Clerk", "Director"), title="Clerk")).changed_after == 0
    assert of(ASKS, lead(Change("company", 51, "Acme"), title="Clerk")).changed_after == 0


def test_what_is_switched_off_asks_for_nothing() -> None:
    off = replace(ASKS, criteria=(replace(DIRECTOR, off=True), VIEWED))

    assert of(off, lead(title="Director", views=2)).undated == 0


@settings(max_examples=150)
@given(any_definitions, any_populations)
def test_nobody_rests_on_undated_fields_where_the_history_of_every_field_is_known(
    definition: Definition, leads: list[Lead]
) -> None:
    asked = set(fields_used(definition))
    dated = [
        replace(
            one,
            changes=(
                *one.changes,
                *(
                    Change(field, -1, one.text_at(field, -1), one.text_at(field, -1))
                    for field in asked
                    if all(change.field != field or change.at > -1 for change in one.changes)
                ),
            ),
        )
        for one in leads
    ]
    history = history_of(dated)
    found = [(row, qualification(definition, one, AS_OF)) for row, one in enumerate(dated)]
    stands = [(row, one.at) for row, one in found if one is not None]
    rows, at = (np.array([pair[n] for pair in stands], dtype=np.int64) for n in (0, 1))

    told = known_when(history, find_hits(history, definition), definition, rows, at)

    assert (told.leads, told.undated, told.resting) == (len(stands), 0, 0)


def test_it_is_said_in_sentences_that_name_three_fields_and_count_the_rest() -> None:
    several = KnownWhen(1200, 41, 900, 1, (("title", 900), ("email", 800), ("first_name", 700), ("company", 3)))

    assert in_words.changed_after_in_words(several, "their hand-over") == (
        "A field that criteria or gates ask for changed after their hand-over in 41 of 1,200 leads: it counts as it "
        "was then."
    )
    assert in_words.resting_in_words(several) == (
        "1 of 1,200 leads reaches the threshold only by fields without a history (title, email, first name, 1 more): "
        "these count as they are now."
    )
    assert in_words.undated_in_words(several) == (
        "In 900 of 1,200 leads criteria or gates ask for fields without a history (title, email, first name, 1 more): "
        "these count as they are now."
    )


def test_where_every_history_is_known_nothing_is_said() -> None:
    known = KnownWhen(1200, 0, 0, 0, ())

    assert in_words.changed_after_in_words(known, "their hand-over") is None
    assert in_words.resting_in_words(known) is None
    assert in_words.undated_in_words(known) is None
