"""What leads had earned by an instant, counted kind by kind, is what counting each by itself gives."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lib.core.definition import earning
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.earned import counting, counts_again, earned, looked_at
from lib.core.replay.hits import HitIndex
from tests.core.strategies import any_definitions, any_populations, instants


@given(any_definitions, any_populations, st.lists(st.tuples(st.integers(0, 3), instants), max_size=12))
def test_each_lead_had_earned_what_it_earned_up_to_its_instant(
    definition: Definition, leads: list[Lead], asked: list[tuple[int, int]]
) -> None:
    counted, by_id = counting(definition), {lead.lead_id: lead for lead in leads}
    history = history_of(leads)
    hits = HitIndex(history).hits(counted)
    asked = [(row, at) for row, at in asked if row < len(leads) and history.created_at[row] <= at]
    criteria = looked_at(hits, counted)

    found = earned(hits, counted, np.array([row for row, _ in asked], int), np.array([at for _, at in asked], int))

    assert {one.id for one in criteria} == {one.id for one in definition.criteria}
    for n, (row, at) in enumerate(asked):
        lead = by_id[history.lead_id[row].as_py()]
        hits_by_id = {one.id: of for one, of in earning.hits_of(counted, lead)}
        plain = [
            min(sum(hit.counts(at) for hit in hits_by_id[one.id]), 4 if counts_again(one) else 1) for one in criteria
        ]
        assert found.times[found.kind[n]].tolist() == plain


def test_with_more_criteria_than_numbers_can_hold_leads_are_still_told_apart() -> None:
    many = tuple(
        Criterion(f"c{n}", f"c{n}", Category.ACTIONS, 1, ActivityMatch(ActivityCondition((f"kind{n}",))))
        for n in range(40)
    )
    leads = [Lead(f"{n:02}", 0, {}, tuple(Activity(1, f"kind{n}") for _ in range(n % 6))) for n in range(40)]
    counted = counting(Definition("many", 1, many))
    hits = HitIndex(history_of(leads)).hits(counted)

    found = earned(hits, counted, np.arange(40), np.full(40, 2))

    for n in range(40):
        assert found.times[found.kind[n]].tolist() == [min(n % 6, 4) if m == n else 0 for m in range(40)]


def test_points_fading_caps_and_switches_make_no_difference() -> None:
    one = Criterion("a", "A", Category.ACTIONS, 9, ActivityMatch(ActivityCondition(("page_view",))))
    definition = Definition("d", 1, (one,), caps=((Category.ACTIONS, 3),), half_life_days=1.0)

    assert counting(definition) == counting(
        replace(definition, criteria=(replace(one, points=2, off=True),), caps=(), half_life_days=None)
    )
