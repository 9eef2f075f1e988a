"""What is unknown of what the definition relies on, and the days on which something usual did not come."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lib.core.definition.criteria import Category, Criterion, Definition, FieldCondition, FieldMatch, KnownTest
from lib.core.exchange.soundness import Ended, FieldKnown, Gap, Missing, fields_known, gaps, is_unknown, missing
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
        FieldKnown("email", 3, 2, 1, True, ()),
        FieldKnown("title", 3, 2, 1, False, ("Titled",)),
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


def test_a_series_that_ended_is_said_once_and_is_no_gap() -> None:
    assert missing(MONDAY, WORKING * 4 + [0] * 22) == Missing((), Ended(day(3, 4), 24))


def test_days_without_a_row_between_two_gaps_are_part_of_one() -> None:
    rows = WORKING * 4 + [5, 5, 5, 0, 0, 0, 0, 0, 5, 5, 5, 5, 0, 0]

    assert missing(MONDAY, rows) == Missing((Gap(day(4, 3), day(5, 0)),), None)


def test_a_weekend_at_the_end_is_no_end() -> None:
    assert missing(MONDAY, WORKING * 5) == Missing((), None)


@given(st.lists(st.integers(0, 9), max_size=120))
def test_what_is_missing_is_what_gaps_finds_each_day_in_one_place(rows: list[int]) -> None:
    found = missing(MONDAY, rows)
    spans = [*found.gaps]
    if found.ended:
        spans.append(Gap(found.ended.last + timedelta(days=1), MONDAY + timedelta(days=len(rows) - 1)))

    told = [span.first + timedelta(days=n) for span in spans for n in range(span.days)]

    assert len(told) == len(set(told))
    assert {gap.first + timedelta(days=n) for gap in gaps(MONDAY, rows) for n in range(gap.days)} <= set(told)
    assert not any(rows[(one - MONDAY).days] for one in told)


def test_gaps_of_one_day_have_one_day() -> None:
    assert [gap.days for gap in gaps(MONDAY, [5] * 28 + [0, 1])] == [1]
