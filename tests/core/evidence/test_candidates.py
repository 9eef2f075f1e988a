"""What there is to ask about hand-offs: every pattern shows exactly the hand-offs its criterion would be met by."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    Match,
    NumberTest,
    SequenceMatch,
    TextTest,
)
from lib.core.evidence import carried
from lib.core.evidence.candidates import patterns
from lib.core.evidence.carried import Patterns
from lib.core.evidence.criteria import times_earned
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from tests.core.strategies import activities, instants

DAY = 86_400_000_000


def field(name: str, test: TextTest | NumberTest | KnownTest) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(name, (test,)),))


def found(leads: list[Lead], at: int = 10 * DAY) -> Patterns:
    return patterns(history_of(leads), np.arange(len(leads)), np.full(len(leads), at))


def asked(of: Patterns) -> set[Match]:
    return set(of.matches)


def people(count: int, half: dict[str, str | None], other: dict[str, str | None]) -> list[Lead]:
    """So many leads, every second of them one way."""
    return [Lead(f"{n:03}", 0, half if n % 2 else other) for n in range(count)]


def test_the_choices_of_a_field_that_allows_several_are_each_a_pattern_in_their_commonest_spelling() -> None:
    shouted = people(9, *[{"extra.uses": "ADS"}] * 2)

    of = found(people(60, {"extra.uses": "Ads;Web"}, {"extra.uses": "Mail; web"}) + shouted)

    assert field("extra.uses", TextTest("has_item", ("Ads",))) in asked(of)


def test_a_value_is_asked_for_in_its_commonest_spelling() -> None:
    of = found(people(60, {"channel": "Inbound"}, {"channel": "event"}) + people(9, *[{"channel": "INBOUND"}] * 2))

    assert field("channel", TextTest("is", ("Inbound",))) in asked(of)


# For any leads and hand-overs.

WORDS = (None, " ", "Head of Sales", "head_of", "VP, Sales", "ÉCOLE", "x@y.example", "10", "12.5", "300")
SPELT = ("vp, sales\u200b", "E\u0301cole", "Web; Ads", "ads;mail", "ADS")
words = st.sampled_from((*WORDS, *SPELT))


@st.composite
def handed_over(draw: st.DrawFn) -> tuple[list[Lead], list[tuple[int, int]]]:
    """Leads of every kind, and hand-overs of them: which lead, and when."""
    leads = [
        Lead(
            f"lead-{n}",
            draw(instants),
            {name: draw(words) for name in ("title", "email", "phone", "employees", "channel", "extra.plan")},
            tuple(draw(st.lists(activities, max_size=9))),
        )
        for n in range(draw(st.integers(1, 5)))
    ]
    rows = st.tuples(st.integers(0, len(leads) - 1), instants)
    return leads, draw(st.lists(rows, min_size=1, max_size=8))


@settings(max_examples=120)
@given(handed_over())
def test_every_pattern_shows_the_hand_offs_whose_lead_had_met_its_criterion(
    drawn: tuple[list[Lead], list[tuple[int, int]]],
) -> None:
    leads, rows = drawn
    history = history_of(leads)
    lead, at = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))

    with patch.object(carried, "LEAST", 1), patch.object(carried, "DISTINCT_NUMBERS", 2):
        every = patterns(history, lead, at)

    criteria = tuple(Criterion(f"c{n}", "", Category.UNDESIRABLES, 0, match) for n, match in enumerate(every.matches))
    if criteria:
        met = times_earned(HitIndex(history), Definition("asked", 1, criteria), lead, at) > 0
        for n in range(len(criteria)):
            assert every.of(n).tolist() == np.flatnonzero(met[:, n]).tolist()
        assert every.shown.tolist() == met.sum(axis=0).tolist()
        # No two show the same, none all or none.
        assert len({column.tobytes() for column in met.T}) == len(criteria)
        assert (met.any(axis=0) & ~met.all(axis=0)).all()


@settings(max_examples=60)
@given(handed_over(), st.lists(st.integers(1, 20 * DAY), min_size=1, max_size=5))
def test_what_a_lead_does_after_its_hand_overs_makes_no_pattern(
    drawn: tuple[list[Lead], list[tuple[int, int]]], later: list[int]
) -> None:
    leads, rows = drawn
    lead, at = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    added = tuple(Activity(int(at.max()) + after, "page_view", "Later", 5.0) for after in later)
    grown = [Lead(one.lead_id, one.created_at, one.fields, (*one.activities, *added)) for one in leads]

    with patch.object(carried, "LEAST", 1):
        before, after = patterns(history_of(leads), lead, at), patterns(history_of(grown), lead, at)

    def shown(of: Patterns) -> dict[Match, list[int]]:
        return {match: of.of(n).tolist() for n, match in enumerate(of.matches)}

    assert shown(after) == shown(before)


# One of each kind.


def test_nineteen_hand_offs_are_too_few_for_a_pattern_and_so_are_all_but_nineteen() -> None:
    def industries(with_it: int) -> set[Match]:
        return asked(found([Lead(f"{n:03}", 0, {"industry": "Law" if n < with_it else None}) for n in range(60)]))

    assert industries(19) == industries(41) == set()
    assert industries(20) == industries(40) == {field("industry", KnownTest(known=True))}


def test_of_carried_the_same_hand_offs_the_simplest_stays() -> None:
    every = found(people(60, {"industry": "Law", "country": "ES"}, {"industry": "Art", "country": "PT"}))

    # Fields in their order: whoever is in Spain is a lawyer.
    assert asked(every) == {field("country", TextTest("is", (name,))) for name in ("ES", "PT")}


def test_values_are_compared_as_criteria_compare_them_and_written_as_they_are_written() -> None:
    every = found(people(60, {"industry": " Law"}, {"industry": None}) + people(60, {"industry": "LAW "}, {}))

    assert asked(every) == {field("industry", KnownTest(known=True))} | (
        asked(every) & {field("industry", TextTest("is", ("Law",)))}
    )


def test_a_title_is_looked_at_word_by_word() -> None:
    every = found(people(60, {"title": "Head of Sales"}, {"title": "Sales Clerk"}) + people(30, {}, {}))

    assert field("title", TextTest("has_word", ("sales",))) not in asked(every)  # As good as the title being known.
    assert field("title", KnownTest(known=True)) in asked(every)
    assert field("title", TextTest("is", ("Head of Sales",))) in asked(every)


def test_words_that_several_titles_share_are_patterns() -> None:
    every = found(people(60, {"title": "Head of Sales"}, {"title": "Head, Law"}) + people(60, {"title": "Clerk"}, {}))

    assert field("title", TextTest("has_word", ("head",))) in asked(every)


def test_an_address_is_looked_at_by_its_domain() -> None:
    every = found([Lead(f"{n:03}", 0, {"email": f"{n}@{'Free' if n % 2 else f'own{n}'}.example"}) for n in range(60)])

    assert asked(every) == {field("email", TextTest("ends_with", ("@free.example",)))}


def test_numbers_are_cut_into_ranges_that_a_person_would_say() -> None:
    every = found([Lead(f"{n:03}", 0, {"employees": str(n * 13)}) for n in range(200)])

    tests = [match.conditions[0].tests[0] for match in every.matches if isinstance(match, FieldMatch)]
    assert NumberTest(1300.0, None) in tests
    assert NumberTest(None, 1300.0) in tests
    assert NumberTest(650.0, 1300.0) in tests
    assert all(bound is None or float(f"{bound:.2g}") == bound for test in tests for bound in (test.low, test.high))


def test_a_phone_counts_as_known_only_and_who_answers_or_what_it_cost_is_nothing_about_the_lead() -> None:
    every = found(people(60, {"phone": "1", "owner": "ana", "cost": "3"}, {}))

    assert asked(every) == {field("phone", KnownTest(known=True))}


def test_deeds_counts_and_sequences_are_patterns() -> None:
    def acts(n: int) -> tuple[Activity, ...]:
        visits = tuple(Activity(DAY + i, "page_view", "/pricing" if i else "/") for i in range(1 + n % 3))
        return (*visits, Activity(2 * DAY if n % 2 else DAY // 2, "download", "guide", float(n)))

    every = asked(found([Lead(f"{n:03}", 0, {}, acts(n)) for n in range(240)]))

    view, download = ActivityCondition(("page_view",)), ActivityCondition(("download",))
    pricing = ActivityCondition(("page_view",), (TextTest("is", ("/pricing",)),))
    # Who viewed twice viewed pricing; of these two the simpler is what was done.
    assert ActivityMatch(pricing, 1) in every
    assert FrequencyMatch(view, 3, 7.0) in every
    assert SequenceMatch(view, download, 7.0) in every
    assert SequenceMatch(pricing, download, 7.0) in every
    assert ActivityMatch(ActivityCondition(("download",), (), (NumberTest(120.0, None),)), 1) in every


def test_a_lead_created_after_its_hand_over_shows_nothing() -> None:
    leads = [Lead(f"{n:03}", 20 * DAY if n % 2 else 0, {"industry": "Law"}) for n in range(80)]

    every = found(leads)

    assert [every.of(n).tolist() for n in range(len(every.matches))] == [list(range(0, 80, 2))]


@pytest.mark.parametrize("count", [0, 3])
def test_a_handful_of_hand_offs_has_no_pattern(count: int) -> None:
    assert (
        found([Lead(f"{n}", 0, {"title": "Clerk"}, (Activity(DAY, "page_view"),)) for n in range(count)]).matches == ()
    )
