"""The replay of all leads equals the reference for one, for any definition and any leads."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core import arrays
from lib.core.definition import earning, scoring
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay import chunks, replay
from lib.core.replay import hits as replay_hits
from tests.core.strategies import (
    AS_OF,
    any_definitions,
    any_populations,
    instants,
    lively_definitions,
    lively_populations,
)

EDGES = np.arange(0, AS_OF + 2, 7 * 86_400_000_000, dtype=np.int64)


def qualifications(definition: Definition, leads: list[Lead], as_of: int) -> list[scoring.Qualification | None]:
    return [scoring.qualification(definition, lead, as_of) for lead in leads]


@settings(max_examples=400)
@given(any_definitions, any_populations, instants)
def test_the_replay_finds_each_leads_qualification_as_the_reference_does(
    definition: Definition, leads: list[Lead], as_of: int
) -> None:
    hits = replay_hits.find_hits(history_of(leads), definition)

    replayed = replay.replay(hits, definition, as_of=as_of)

    found = [
        None if at == arrays.NEVER else scoring.Qualification(int(at), int(score))
        for at, score in zip(replayed.qualified_at, replayed.score_at_qualification, strict=True)
    ]
    assert found == qualifications(definition, leads, as_of)


@settings(max_examples=150)
@given(any_definitions, any_populations)
def test_the_surface_equals_recomputing_at_every_threshold(definition: Definition, leads: list[Lead]) -> None:
    hits = replay_hits.find_hits(history_of(leads), definition)
    against = np.arange(len(leads)) % 2 == 0

    surface = replay.replay(hits, definition, as_of=AS_OF, edges=EDGES, against=against).surface

    for threshold in range(1, surface.top + 2):
        recomputed = qualifications(definition.with_threshold(threshold), leads, AS_OF)
        in_window = [q is not None and q.at < EDGES[-1] for q in recomputed]
        by_bin = [sum(q is not None and a <= q.at < b for q in recomputed) for a, b in pairwise(EDGES)]
        assert surface.at(threshold).tolist() == by_bin
        assert surface.kept_at(threshold) == sum(
            among and inside for among, inside in zip(against, in_window, strict=True)
        )
    assert surface.totals().tolist() == [surface.at(threshold).sum() for threshold in range(surface.top + 1)]


since_when = st.lists(st.one_of(st.none(), instants), min_size=8, max_size=8)
"""Since when each lead is a customer; there are never more leads."""


def looked_at_until(definition: Definition, since: int | None, as_of: int) -> int:
    """The last instant at which a lead that is a customer since then may be handed over, plainly."""
    return as_of if since is None or definition.customers else min(as_of, since - 1)


@settings(max_examples=200)
@given(any_definitions, any_populations, since_when, st.booleans(), instants, instants)
def test_a_customer_is_looked_at_only_before_it_became_one_unless_the_definition_says_otherwise(
    definition: Definition, leads: list[Lead], since: list[int | None], customers: bool, as_of: int, start: int
) -> None:
    definition, since = definition.with_customers(customers), since[: len(leads)]
    hits = replay_hits.find_hits(history_of(leads), definition)
    known = np.array([arrays.NEVER if at is None else at for at in since], dtype=np.int64)

    until = replay.last_looks(definition, known, as_of)
    replayed = replay.replay(hits, definition, as_of=until, edges=EDGES)
    rises = replay.rises(hits, definition, as_of=until, start=start, end=AS_OF)

    plainly = [looked_at_until(definition, at, as_of) for at in since]
    courses = [scoring.score_course(definition, lead, at) for lead, at in zip(leads, plainly, strict=True)]
    assert replayed.surface.top == max([score.score for course in courses for _, score in course] + [0])
    for threshold in range(1, replayed.surface.top + 2):
        of = definition.with_threshold(threshold)
        found = [scoring.qualification(of, lead, at) for lead, at in zip(leads, plainly, strict=True)]
        assert replayed.surface.at(threshold).tolist() == [
            sum(q is not None and a <= q.at < b for q in found) for a, b in pairwise(EDGES)
        ]
        rows = rises.first_reaching(threshold)
        assert {int(rises.lead[r]): (int(rises.at[r]), int(rises.score[r])) for r in rows} == {
            row: (q.at, q.score) for row, q in enumerate(found) if q is not None and start <= q.at < AS_OF
        }
        if threshold == definition.threshold:
            assert replayed.qualified_at.tolist() == [arrays.NEVER if q is None else q.at for q in found]


def test_at_the_very_instant_it_becomes_a_customer_a_lead_is_looked_at_no_more() -> None:
    lead = Lead("a", 0, {}, (Activity(5, "page_view"),))
    viewed = Criterion("v", "", Category.ACTIONS, 10, ActivityMatch(ActivityCondition(("page_view",))))
    definition = Definition("one", 10, (viewed,))
    hits = replay_hits.find_hits(history_of([lead]), definition)

    def qualified(since: int, of: Definition = definition) -> int:
        until = replay.last_looks(of, np.array([since]), AS_OF)
        return int(replay.replay(hits, of, as_of=until).qualified_at[0])

    assert qualified(5) == arrays.NEVER
    assert qualified(6) == 5
    assert qualified(5, definition.with_customers(True)) == 5


@settings(max_examples=150)
@given(any_definitions, any_populations)
def test_the_surface_reaches_to_the_highest_score_of_any_lead_at_any_look(
    definition: Definition, leads: list[Lead]
) -> None:
    hits = replay_hits.find_hits(history_of(leads), definition)

    top = replay.replay(hits, definition, as_of=AS_OF, edges=EDGES).surface.top

    courses = [scoring.score_course(definition, lead, AS_OF) for lead in leads]
    assert top == max([score.score for course in courses for _, score in course] + [0])


@settings(max_examples=200)
@given(any_definitions, any_populations, instants)
def test_scores_as_of_an_instant_equal_the_reference(definition: Definition, leads: list[Lead], as_of: int) -> None:
    hits = replay_hits.find_hits(history_of(leads), definition)

    scores = replay.scores(hits, definition, as_of)

    for row, lead in enumerate(leads):
        if lead.created_at > as_of:
            assert np.isnan(scores.total[row])
            continue
        expected = scoring.score_at(definition, earning.hits_of(definition, lead), as_of)
        for category in Category:
            assert np.isclose(getattr(scores, category)[row], expected.value(category), rtol=0, atol=1e-9)
        assert scores.score[row] == expected.score
        assert bool(scores.disqualified[row]) == expected.disqualified


@settings(max_examples=200)
@given(lively_definitions(), lively_populations(), st.lists(instants, min_size=8, max_size=8))
def test_scores_of_given_leads_at_an_instant_each_equal_the_reference(
    definition: Definition, leads: list[Lead], at: list[int]
) -> None:
    hits = replay_hits.find_hits(history_of(leads), definition)
    # Every lead twice, in no order: a lead is asked for once a hand-off.
    rows = np.array([*range(len(leads)), *reversed(range(len(leads)))], dtype=np.int64)
    asked = np.array(at[: len(rows)], dtype=np.int64)

    scores = replay.scores_at(hits, definition, rows, asked)

    for place, (row, instant) in enumerate(zip(rows.tolist(), asked.tolist(), strict=True)):
        lead = leads[row]
        if lead.created_at > instant:
            assert np.isnan(scores.total[place])
            continue
        expected = scoring.score_at(definition, earning.hits_of(definition, lead), instant)
        for category in Category:
            assert np.isclose(getattr(scores, category)[place], expected.value(category), rtol=0, atol=1e-9)
        assert scores.score[place] == expected.score
        assert bool(scores.disqualified[place]) == expected.disqualified


@settings(max_examples=200)
@given(lively_definitions(), lively_populations(), instants, instants, instants)
def test_the_rises_of_a_threshold_are_the_references_qualifications_in_the_window(
    definition: Definition, leads: list[Lead], as_of: int, start: int, end: int
) -> None:
    hits = replay_hits.find_hits(history_of(leads), definition)
    top = replay.replay(hits, definition, as_of=AS_OF).surface.top

    rises = replay.rises(hits, definition, as_of=as_of, start=start, end=end)
    surface = replay.replay(hits, definition, as_of=as_of, edges=np.array([start, end], dtype=np.int64)).surface

    for threshold in range(1, top + 2):
        rows = rises.first_reaching(threshold)
        found = {int(rises.lead[r]): scoring.Qualification(int(rises.at[r]), int(rises.score[r])) for r in rows}
        recomputed = enumerate(qualifications(definition.with_threshold(threshold), leads, as_of))
        assert len(found) == len(rows)
        assert found == {row: q for row, q in recomputed if q is not None and start <= q.at < end}
        if start < end:
            assert int(surface.at(threshold).sum()) == len(found)


@given(any_definitions, any_populations, instants)
def test_contributions_before_caps_equal_the_references_faded_points(
    definition: Definition, leads: list[Lead], as_of: int
) -> None:
    hits = replay_hits.find_hits(history_of(leads), definition)
    rows = np.arange(len(leads))

    ids, points = replay.contributions(hits, definition, rows, np.full(len(leads), as_of))

    for row, lead in enumerate(leads):
        for criterion, earned in earning.hits_of(definition, lead):
            fades = criterion.category is Category.ACTIONS
            expected = sum(
                criterion.points * (scoring.fading(definition, as_of - hit.at) if fades else 1.0)
                for hit in earned
                # Before a lead is created its fields are what they are then.
                if hit.counts(max(as_of, lead.created_at) if criterion.id in hits.lead_criteria else as_of)
            )
            assert np.isclose(points[row, ids.index(criterion.id)], expected, rtol=0, atol=1e-9)


@settings(max_examples=60)
@given(st.lists(any_definitions, min_size=2, max_size=4), any_populations)
def test_an_index_that_has_seen_other_definitions_finds_the_same_hits(
    seen: list[Definition], leads: list[Lead]
) -> None:
    history = history_of(leads)
    index = replay_hits.HitIndex(history, remembered=2)

    for definition in seen * 2:
        remembered = replay.replay(index.hits(definition), definition, as_of=AS_OF)

        anew = replay.replay(replay_hits.find_hits(history, definition), definition, as_of=AS_OF)
        assert remembered.qualified_at.tolist() == anew.qualified_at.tolist()


@settings(max_examples=60)
@given(any_definitions, any_populations)
def test_leads_touched_are_those_that_ever_earn_the_criterion(definition: Definition, leads: list[Lead]) -> None:
    index = replay_hits.HitIndex(history_of(leads))

    for criterion in definition.criteria:
        touched = [lead for lead in leads if earning.hits_on(criterion, lead)]
        assert index.leads_touched(criterion) == len(touched)


def test_more_than_sixty_four_criteria_are_told_apart() -> None:
    from dataclasses import replace

    from lib.core.definition.criteria import (
        ActivityCondition,
        ActivityMatch,
        Criterion,
        FieldCondition,
        FieldMatch,
        TextTest,
    )
    from lib.core.leads.history import Activity

    on_titles = tuple(
        Criterion(
            f"t{n}",
            "",
            Category.PROFILE,
            1,
            FieldMatch("one", (FieldCondition("title", (TextTest("contains", (f"<{n}>",)),)),)),
        )
        for n in range(70)
    )
    on_views = tuple(
        replace(
            on_titles[n],
            id=f"v{n}",
            category=Category.ACTIONS,
            match=ActivityMatch(ActivityCondition(("page_view",), (TextTest("contains", (f"<{n}>",)),))),
        )
        for n in range(70)
    )
    definition = Definition("wide", 4, (*on_titles, *on_views))
    lead = Lead("a", 0, {"title": "<3> <69>"}, (Activity(1, "page_view", "<66>"), Activity(2, "page_view", "<5>")))

    replayed = replay.replay(replay_hits.find_hits(history_of([lead]), definition), definition, as_of=9)

    assert replayed.qualified_at.tolist() == [2]


def test_more_leads_than_a_thread_takes_at_once_count_the_same() -> None:
    from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Criterion
    from lib.core.leads.history import Activity

    viewed = Criterion("v", "", Category.ACTIONS, 300, ActivityMatch(ActivityCondition(("page_view",))))
    definition = Definition("one", 301, (viewed,))
    leads = [
        Lead(f"{n:06}", 0, {}, tuple(Activity(at, "page_view") for at in range(1 + n % 2)))
        for n in range(chunks.LEADS_A_CHUNK + 3)
    ]

    surface = replay.replay(
        replay_hits.find_hits(history_of(leads), definition), definition, as_of=9, edges=np.array([0, 5])
    ).surface

    assert surface.top == 600
    assert surface.at(300).tolist() == [chunks.LEADS_A_CHUNK + 3]
    assert surface.at(301).tolist() == [(chunks.LEADS_A_CHUNK + 3) // 2]
