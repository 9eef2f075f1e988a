"""What is unknown of what the definition relies on, and the days on which something usual did not come."""

from datetime import date, timedelta

from lib.core.definition.criteria import Category, Criterion, Definition, FieldCondition, FieldMatch, KnownTest
from lib.core.exchange.soundness import FieldKnown, Gap, fields_known, gaps, is_unknown
from lib.core.leads.history import Lead, history_of

MONDAY = date(2026, 3, 2)

WORKING = [5, 5, 5, 5, 5, 0, 0]


def day(weeks: int, days: int) -> date:
    return MONDAY + timedelta(weeks=weeks, days=days)


def criterion(label: str, field: str, *, off: bool = False) -> Criterion:
    match = FieldMatch("one", (FieldCondition(field, (KnownTest(True),)),))
    return Criterion(label, label, Category.PROFILE, 5, match, off=off)


def test_missing_and_blank_values_of_leads_there_by_then_are_unknown() -> None:
    history = history_of(
        [
            Lead("a", 1, {"title": "CEO", "email": None}),
            Lead("b", 1, {"title": "  ", "email": None}),
            Lead("c", 1, {"title": None, "email": "c@x.example"}),
            Lead("d", 9, {"title": None, "email": None}),
        ]
    )
    definition = Definition("d", 10, (criterion("Titled", "title"), criterion("Off", "phone", off=True)), ("email",))

    assert fields_known(history, definition, as_of=5) == (
        FieldKnown("email", 3, 2, True, ()),
        FieldKnown("title", 3, 2, False, ("Titled",)),
    )
    assert is_unknown(history.column("title")).tolist() == [False, True, True, True]


def test_a_field_no_lead_ever_carried_is_unknown_of_all() -> None:
    history = history_of([Lead("a", 1, {})])
    definition = Definition("d", 10, (criterion("Plan", "extra.plan"),))

    assert fields_known(history, definition, as_of=5)[0].share == 1.0


def test_a_working_day_without_anything_is_a_gap_and_a_weekend_is_none() -> None:
    rows = WORKING * 4 + [5, 0, 0, 5, 5, 0, 0]

    assert gaps(MONDAY, rows) == (Gap(day(4, 1), day(4, 2)),)


def test_until_four_weeks_can_be_compared_nothing_is_a_gap() -> None:
    assert gaps(MONDAY, WORKING * 3 + [0] * 7) == ()


def test_three_of_the_last_four_same_weekdays_make_a_day_usual_and_two_do_not() -> None:
    mondays = [1, 0, 1, 1, 0, 0]
    rows = [9 * count for monday in mondays for count in (monday, *[0] * 6)]

    # The sixth is compared with the same four as the fifth, which is missing itself.
    assert [gap.first for gap in gaps(MONDAY, rows)] == [day(4, 0), day(5, 0)]
    assert gaps(MONDAY, [99 * count for monday in [1, 0, 0, 1, 0] for count in (monday, *[0] * 6)]) == ()


def test_a_day_that_usually_has_a_few_may_have_none_by_chance() -> None:
    assert gaps(MONDAY, [5] * 27 + [4, 0]) == (Gap(day(4, 0), day(4, 0)),)
    assert gaps(MONDAY, [4, *[5] * 27, 0]) == ()


def test_an_outage_goes_on_until_something_comes_again() -> None:
    rows = [5] * 28 + [0] * 40 + [1]

    assert gaps(MONDAY, rows) == (Gap(day(4, 0), day(4, 0) + timedelta(days=39)),)


def test_gaps_of_one_day_have_one_day() -> None:
    assert [gap.days for gap in gaps(MONDAY, [5] * 28 + [0, 1])] == [1]
