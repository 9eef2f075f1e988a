"""Fields that come and go: all leads at once equal the plain reference for one, through every change."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.arrays import NEVER
from lib.core.definition import scoring
from lib.core.definition.criteria import Category, Criterion, Definition, FieldCondition, FieldMatch, KnownTest
from lib.core.definition.earning import hits_of
from lib.core.leads.history import Change, Lead, history_of
from lib.core.replay.hits import HitIndex, find_hits
from lib.core.replay.replay import contributions, replay, scores_at
from tests.core.strategies import AS_OF, instants, lively_definitions, lively_populations


@settings(max_examples=800)
@given(lively_definitions(), lively_populations(changing=True), instants)
def test_leads_whose_fields_come_and_go_qualify_as_the_reference_says(
    definition: Definition, leads: list[Lead], as_of: int
) -> None:
    replayed = replay(find_hits(history_of(leads), definition), definition, as_of=as_of)

    plainly = [scoring.qualification(definition, one, as_of) for one in leads]
    assert replayed.qualified_at.tolist() == [NEVER if one is None else one.at for one in plainly]
    assert replayed.score_at_qualification.tolist() == [0 if one is None else one.score for one in plainly]


@settings(max_examples=300)
@given(lively_definitions(), lively_populations(changing=True), st.lists(instants, min_size=4, max_size=4))
def test_scores_and_contributions_as_of_an_instant_each_are_the_references(
    definition: Definition, leads: list[Lead], each: list[int]
) -> None:
    hits = find_hits(history_of(leads), definition)
    rows = np.array([row for row, (one, at) in enumerate(zip(leads, each, strict=False)) if one.created_at <= at], int)
    at = np.array(each)[rows]

    found, (ids, points) = scores_at(hits, definition, rows, at), contributions(hits, definition, rows, at)

    for place, row in enumerate(rows.tolist()):
        of = hits_of(definition, leads[row])
        plainly = scoring.score_at(definition, of, each[row])
        assert found.score[place] == plainly.score
        assert found.disqualified[place] == plainly.disqualified
        counts = {one.id: sum(hit.counts(each[row]) for hit in hits) for one, hits in of}
        assert {one: bool(gave) for one, gave in zip(ids, points[place], strict=True)} == {
            one.id: bool(one.points and counts[one.id]) for one in definition.criteria
        }


@settings(max_examples=100)
@given(st.lists(lively_definitions(), min_size=2, max_size=3), lively_populations(changing=True))
def test_what_an_index_remembers_of_fields_is_what_it_would_find_anew(
    seen: list[Definition], leads: list[Lead]
) -> None:
    history = history_of(leads)
    index = HitIndex(history)

    for definition in seen * 2:
        remembered, anew = (replay(of.hits(definition), definition, as_of=AS_OF) for of in (index, HitIndex(history)))
        assert remembered.qualified_at.tolist() == anew.qualified_at.tolist()


def test_changes_of_many_chunks_are_each_their_own_leads() -> None:
    leads = [Lead(f"{n:06}", 0, {}, changes=(Change("title", n % 11, "Director"),)) for n in range(20_000)]
    known = FieldMatch("one", (FieldCondition("title", (KnownTest(known=True),)),))
    definition = Definition("d", 10, (Criterion("known", "Known", Category.PROFILE, 10, known),))

    replayed = replay(find_hits(history_of(leads), definition), definition, as_of=AS_OF)

    assert replayed.qualified_at.tolist() == [n % 11 for n in range(20_000)]
