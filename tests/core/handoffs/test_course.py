"""What happened to one lead, line by line, agrees with what its hand-offs are derived to be."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lib.core.handoffs.course import Known, course
from lib.core.handoffs.cycles.order import Event
from lib.core.handoffs.cycles.plain import Cycle, Step, derive
from lib.core.handoffs.handoffs import Decision, Implied
from tests.core.handoffs.test_kernels import DAY, a_lead

BITS = {Step.DECISION: Implied.DECISION, Step.SQL: Implied.SQL, Step.OPPORTUNITY: Implied.OPPORTUNITY}


def as_handoffs(cycles: tuple[Cycle, ...], as_of: int) -> Any:
    """As much of the hand-offs as a course asks for."""
    return SimpleNamespace(
        as_of=as_of,
        cycle=np.array([one.cycle for one in cycles], dtype=np.int32),
        decision=np.array([Decision[(one.decision or "open").upper()] for one in cycles], dtype=np.int8),
        implied=np.array([sum(BITS[step] for step in one.implied) for one in cycles], dtype=np.int8),
    )


def implied_steps(of: Cycle) -> set[tuple[int, str | None, int | None]]:
    """Of a cycle each step that nobody stated, and when it counts."""
    known = {Step.DECISION: (of.decision, of.decided_at), Step.SQL: ("sql", of.sql_at)}
    known[Step.OPPORTUNITY] = ("opportunity", of.opportunity_at)
    return {(of.cycle, *known[step]) for step in of.implied}


@given(a_lead(), st.integers(0, 4 * DAY))
def test_every_implied_step_has_one_line_at_the_instant_it_counts(events: list[Event], as_of: int) -> None:
    cycles = derive(events, as_of, ()).cycles

    lines = course(Known(tuple(events), {}, ()), as_handoffs(cycles, as_of))

    implied = [(one.cycle, one.kind, one.at) for one in lines if one.is_implied]
    assert len(implied) == len(set(implied))
    assert set(implied) == {step for one in cycles for step in implied_steps(one)}


@given(a_lead(), st.integers(0, 4 * DAY))
def test_every_event_that_happened_has_one_line_and_says_whether_it_counts(events: list[Event], as_of: int) -> None:
    cycles = derive(events, as_of, ()).cycles

    lines = course(Known(tuple(events), {}, ()), as_handoffs(cycles, as_of))

    stated = [one for one in lines if not one.is_implied]
    happened = [one.event_id for one in events if one.at <= as_of and one.kind != "retracted"]
    opening = {one.cycle: min(line.at for line in stated if line.cycle == one.cycle) for one in cycles}
    assert Counter(one.event.event_id for one in stated) == Counter(happened)
    assert opening == {one.cycle: one.mql_at for one in cycles}
    back = {one.takes_back for one in events}
    assert all(one.counts for one in stated if not back)
    assert not any(one.counts for one in stated if one.event.event_id in back)
