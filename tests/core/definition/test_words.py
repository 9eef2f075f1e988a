"""Definitions and their differences in words."""

from dataclasses import replace

import pytest
from hypothesis import given

from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    BelowLine,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    Per,
    TextTest,
)
from lib.core.definition.words import (
    criterion_in_words,
    definition_in_words,
    differences,
    gates_in_words,
    match_in_words,
)
from tests.core.strategies import definitions

CLICKED = ActivityCondition(("email_click",))
PRICING = Criterion(
    "pricing",
    "Viewed pricing",
    Category.ACTIONS,
    5,
    ActivityMatch(ActivityCondition(("page_view",), (TextTest("contains", ("pricing",)),)), 3),
)
FREE = Criterion(
    "free",
    "Free e-mail address",
    Category.UNDESIRABLES,
    -25,
    FieldMatch("one", (FieldCondition("email", (TextTest("ends_with", ("gmail.com",), "free_mail"),)),)),
)
AGREED = Definition(
    "MQL",
    60,
    (PRICING, FREE),
    require=("first_name", "title"),
    minimums=((Category.PROFILE, 10.0),),
    caps=((Category.ACTIONS, 60),),
    half_life_days=30.0,
    lists=(("free_mail", ("gmail.com",)),),
)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (AGREED.with_points("pricing", 8), "Viewed pricing: 5 → 8 points"),
        (AGREED.with_points("free", -15), "Free e-mail address: −25 → −15 points"),
        (AGREED.with_threshold(55), "Threshold: 60 → 55"),
        (AGREED.with_cap(Category.ACTIONS, None), "Most that “What they did” can bring: 60 → none"),
        (AGREED.with_minimum(Category.PROFILE, 12.0), "Least that “Who they are” must bring: 10 → 12"),
        (AGREED.with_half_life(1.0), "What they did is worth half after: 30 days → 1 day"),
        (replace(AGREED, require=()), "Must be known: first name and title → none"),
        (replace(AGREED, name="Lead"), "Name: MQL → Lead"),
        (
            AGREED.without_criterion("pricing"),
            "Removed from “What they did”: Viewed pricing, +5 points: "
            "page view whose subject contains pricing, at most 3 times.",
        ),
        (AGREED.with_criterion(replace(PRICING, off=True)), "Viewed pricing: switched off"),
        (AGREED.with_criterion(replace(PRICING, label="Priced")), "Viewed pricing: now called “Priced”"),
        (
            AGREED.with_criterion(replace(FREE, points=0, disqualify=True)),
            "Free e-mail address: −25 → disqualifies",
        ),
        (
            AGREED.with_criterion(replace(PRICING, match=replace(PRICING.match, limit=1))),
            "Viewed pricing: page view whose subject contains pricing, at most 3 times → "
            "page view whose subject contains pricing, once",
        ),
        (
            AGREED.with_criterion(replace(PRICING, match=replace(PRICING.match, per=Per.DAY, human=True))),
            "Viewed pricing: page view whose subject contains pricing, at most 3 times → "
            "page view whose subject contains pricing, not by a machine, at most 3 times a day",
        ),
        (
            replace(AGREED, lists=(("free_mail", ("yahoo.com",)),)),
            "List “free_mail”: with yahoo.com, without gmail.com",
        ),
    ],
)
def test_a_change_is_one_sentence(after: Definition, said: str) -> None:
    assert differences(AGREED, after) == (said,)


def test_a_new_criterion_is_said_whole() -> None:
    (said,) = differences(AGREED.without_criterion("free"), AGREED)

    asked = "email ends with one of the list free_mail"
    assert said == f"New under “What speaks against”: Free e-mail address, −25 points: {asked}."


def test_a_criterion_changed_in_two_ways_is_two_sentences() -> None:
    changed = AGREED.with_criterion(replace(PRICING, points=8, off=True))

    assert differences(AGREED, changed) == ("Viewed pricing: 5 → 8 points", "Viewed pricing: switched off")


def test_a_changed_list_is_no_change_of_the_criteria_that_use_it() -> None:
    told = replace(
        FREE, match=FieldMatch("one", (FieldCondition("email", (TextTest("ends_with", ("a",), "free_mail"),)),))
    )
    changed = replace(AGREED.with_criterion(told), lists=(("free_mail", ("a",)),))

    assert differences(AGREED, changed) == ("List “free_mail”: with a, without gmail.com",)


def test_a_definition_reads_as_sentences_by_category() -> None:
    said = definition_in_words(AGREED)

    assert said[Category.PROFILE] == ()
    assert said[Category.ACTIONS] == (
        "Viewed pricing, +5 points: page view whose subject contains pricing, at most 3 times.",
        "Together never more than 60 points.",
        "After 30 days an action is worth half.",
    )
    assert gates_in_words(AGREED) == (
        "A lead is handed over at the first instant its score reaches 60 points.",
        "Known must be its first name and title.",
        "Who they are must bring 10 points or more.",
    )


@pytest.mark.parametrize(
    ("match", "said"),
    [
        (ActivityMatch(CLICKED, 1, Per.SUBJECT), "email click, once a subject"),
        (ActivityMatch(CLICKED, human=True), "email click, not by a machine"),
        (FrequencyMatch(CLICKED, 2, 7, human=True), "email click, not by a machine, 2 times within 7 days"),
    ],
)
def test_how_often_and_by_whom_is_said(match: ActivityMatch | FrequencyMatch, said: str) -> None:
    assert criterion_in_words(Criterion("c", "C", Category.ACTIONS, 1, match)) == said


@given(definitions(), definitions())
def test_two_definitions_differ_in_words_exactly_where_they_differ(one: Definition, other: Definition) -> None:
    assert differences(one, one) == ()
    if {c.id: c for c in one.criteria} != {c.id: c for c in other.criteria} or one.threshold != other.threshold:
        assert differences(one, other) != ()


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (TextTest("has_item", ("Ads",)), "uses has the choice Ads"),
        (TextTest("has_item", ("Ads", "Web")), "uses has the choice Ads or Web"),
        (TextTest("has_item", ("Ads", "Web"), "paid"), "uses has a choice of the list paid"),
    ],
)
def test_a_choice_of_several_is_said_as_one(test: TextTest, said: str) -> None:
    match = FieldMatch("one", (FieldCondition("extra.uses", (test,)),))

    assert match_in_words(match) == said


def test_who_is_drawn_below_the_threshold_is_said_as_a_gate() -> None:
    drawn = AGREED.with_below_line(BelowLine(0.05, 40))

    (said,) = set(gates_in_words(drawn)) - set(gates_in_words(AGREED))

    assert said == (
        "Of the leads that reach 40 points with all this and not 60, 5 % are drawn at random and handed over all the "
        "same, to learn how sales answers them. They are marked, and count for neither team's targets."
    )


def test_that_customers_are_handed_over_too_is_said_as_a_gate_and_as_a_change() -> None:
    too = AGREED.with_customers(True)

    assert set(gates_in_words(too)) - set(gates_in_words(AGREED)) == {"Customers are handed over like anybody."}
    assert differences(AGREED, too) == ("Customers: never handed over → handed over like anybody",)
    assert differences(too, AGREED) == ("Customers: handed over like anybody → never handed over",)


def test_a_change_of_who_is_drawn_is_said_with_what_it_was() -> None:
    drawn = AGREED.with_below_line(BelowLine(0.05, 40))

    assert differences(AGREED, drawn) == (
        "Drawn at random below the threshold: none → 5 % of the leads from 40 points on",
    )
    assert differences(drawn, drawn.with_below_line(BelowLine(0.125, 40))) == (
        "Drawn at random below the threshold: "
        "5 % of the leads from 40 points on → 12.5 % of the leads from 40 points on",
    )
