"""The compiled pass over many leads' events finds what the plain derivation finds for each."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lib.core.arrays import NEVER
from lib.core.handoffs.cycles import plain as cycles
from lib.core.handoffs.cycles.derived import Derived, Events, Of, Wrong
from lib.core.handoffs.cycles.deriving import derive
from lib.core.handoffs.cycles.kernels import LAG, TAKEN
from lib.core.handoffs.cycles.order import Event
from lib.core.handoffs.cycles.plain import Cycle, Step, counting, customer_since
from lib.core.handoffs.events import EVENT_KINDS
from lib.core.handoffs.problems import ProblemKind

REASONS = ("no_reply", "no_budget")
QUEUES = ("00G",)
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
PROBLEMS = {
    Wrong.ORPHAN: ProblemKind.ORPHAN,
    Wrong.REPEAT: ProblemKind.REPEAT,
    Wrong.CONTRADICTION: ProblemKind.CONTRADICTION,
    Wrong.UNKNOWN_REASON: ProblemKind.UNKNOWN_REASON,
    Wrong.TIE: ProblemKind.TIE,
    Wrong.REOPENED: ProblemKind.REOPENED,
}
KINDS = [kind for kind in EVENT_KINDS if kind != "retracted"]


@st.composite
def happened(draw: st.DrawFn) -> Event:
    """Few instants, so that ties, repeats, contradictions and days with several events are common."""
    day = draw(st.integers(0, 2))
    by_day = draw(st.booleans())
    minute = draw(st.sampled_from((0, 5, 600, 603, 606, 615, 1438)))
    return Event(
        event_id="",
        at=DAY * day + (0 if by_day else MINUTE * minute),
        kind=draw(st.one_of(st.sampled_from(KINDS), st.sampled_from(("mql", "rejected", "accepted", "assigned")))),
        actor=draw(st.sampled_from((None, "olga", "paul", "00G"))),
        reason=draw(st.sampled_from((None, "no_reply", "typo"))),
        amount=draw(st.sampled_from((None, 10.0, 20.5))),
        day_ends=DAY * (day + 1) if by_day else None,
    )


@st.composite
def a_lead(draw: st.DrawFn) -> list[Event]:
    """Events of one lead, and some that take others back, from the beginning on."""
    drawn = draw(st.lists(happened(), max_size=9))
    taken_back = draw(st.sets(st.integers(0, 8), max_size=2)) if draw(st.booleans()) else set()
    retracting = [Event(f"r{n}", 0, "retracted", takes_back=str(n)) for n in sorted(taken_back) if n < len(drawn)]
    return [*(replace(event, event_id=str(n)) for n, event in enumerate(drawn)), *retracting]


def in_order(some: Sequence[Event]) -> list[Event]:
    """As the database hands them over: by instant, kind and content, whatever days are."""
    return sorted(
        some,
        key=lambda one: (
            one.at,
            EVENT_KINDS.index(one.kind),
            *((one.actor is not None, one.actor or ""), (one.reason is not None, one.reason or "")),
            (one.amount is not None, one.amount or 0.0),
            one.event_id,
        ),
    )


def as_arrays(leads: Sequence[Sequence[Event]]) -> tuple[Events, list[Event], list[int]]:
    """The events as the database hands them over, the same as values, and of which lead each is."""
    found: list[tuple[int, Event, bool]] = []
    for number, lead in enumerate(leads):
        back = {one.takes_back for one in lead}
        kept = [one for one in lead if one.kind == "mql" or one.event_id not in back]
        found += [(number, one, one.event_id in back) for one in in_order(kept) if one.kind != "retracted"]
    rows = [event for _, event, _ in found]
    lead_of = [number for number, _, _ in found]
    actors = {actor: n for n, actor in enumerate(sorted({one.actor for one in rows if one.actor}))}
    contents: dict[object, int] = {}
    events = Events(
        start=np.searchsorted(np.array(lead_of, dtype=np.int64), np.arange(len(leads) + 1)),
        at=np.array([one.at for one in rows], dtype=np.int64),
        step=np.array([EVENT_KINDS.index(one.kind) + 1 for one in rows], dtype=np.int8),
        gone=np.array([gone for _, _, gone in found], dtype=np.bool_),
        day_ends=np.array([one.day_ends or 0 for one in rows], dtype=np.int64),
        actor=np.array([actors.get(one.actor or "", -1) for one in rows], dtype=np.int32),
        to_queue=np.array([one.kind == "assigned" and one.actor in QUEUES for one in rows], dtype=np.bool_),
        has_reason=np.array([one.reason is not None for one in rows], dtype=np.bool_),
        reason_known=np.array([one.reason in REASONS for one in rows], dtype=np.bool_),
        has_amount=np.array([one.amount is not None for one in rows], dtype=np.bool_),
        is_contact=np.zeros(len(rows), dtype=np.bool_),
        content=np.array(
            [contents.setdefault((one.actor, one.reason, one.amount), len(contents)) for one in rows], dtype=np.int64
        ),
    )
    return events, rows, lead_of


def cycle_of(row: dict[str, int], rows: Sequence[Event], owner: str | None) -> Cycle:
    """One of the compiled pass, as the plain derivation says it."""

    def at(name: str) -> int | None:
        return None if row[name] == NEVER else row[name]

    def event(name: str) -> Event | None:
        return None if row[name] == -1 else rows[row[name]]

    def actor(name: str) -> str | None:
        one = event(name)
        return owner if one is None else one.actor

    money, reason = event("MONEY"), event("REASON")
    return Cycle(
        cycle=row["NUMBER"],
        mql_at=row["MQL_AT"],
        mql_until=row["MQL_UNTIL"],
        assigned_at=at("ASSIGNED_AT"),
        assigned_until=at("ASSIGNED_UNTIL"),
        first_touch_at=at("FIRST_TOUCH_AT"),
        first_touch_until=at("FIRST_TOUCH_UNTIL"),
        decided_at=at("DECIDED_AT"),
        decided_until=at("DECIDED_UNTIL"),
        decision=(None, "accepted", "rejected")[row["DECISION"]],
        reason=None if reason is None else reason.reason,
        sql_at=at("SQL_AT"),
        opportunity_at=at("OPPORTUNITY_AT"),
        won_at=at("WON_AT"),
        lost_at=at("LOST_AT"),
        closed_at=at("CLOSED_AT"),
        outcome=(None, "won", "lost")[row["OUTCOME"]],
        amount=None if money is None else money.amount,
        currency=None,
        owner=actor("OWNER"),
        owner_since=at("OWNER_SINCE"),
        first_owner=actor("FIRST_OWNER"),
        implied=frozenset(step for bit, step in enumerate(Step) if row["IMPLIED"] >> bit & 1),
        score=None,
        definition_version=None,
    )


def rows_of(derived: Derived) -> list[dict[str, int]]:
    return [{what.name: int(derived.cycles[n, what]) for what in Of} for n in range(len(derived.cycles))]


OF_A_DAY = {"day_ends": DAY}
A_REPEAT_TAKEN_BACK = [
    Event("0", 0, "mql"),
    Event("1", 5 * MINUTE, "mql"),
    Event("2", 0, "assigned", **OF_A_DAY),
    Event("r1", 0, "retracted", takes_back="1"),
]
ONE_OF_TWO_OF_A_DAY_TAKEN_BACK = [
    Event("0", 0, "mql", **OF_A_DAY),
    Event("1", 0, "mql", actor="olga", **OF_A_DAY),
    Event("2", 0, "assigned", **OF_A_DAY),
    Event("3", 5 * MINUTE, "mql"),
    Event("r0", 0, "retracted", takes_back="0"),
    Event("r3", 0, "retracted", takes_back="3"),
]


@settings(max_examples=400)
@example([A_REPEAT_TAKEN_BACK, ONE_OF_TWO_OF_A_DAY_TAKEN_BACK], None, 24 * 60)
@given(st.lists(a_lead(), min_size=1, max_size=3), st.sampled_from((None, "rita")), st.integers(0, 3 * 24 * 60))
def test_every_lead_s_cycles_and_problems_are_those_of_the_plain_derivation(
    leads: list[list[Event]], owner: str | None, minutes: int
) -> None:
    as_of = minutes * MINUTE
    events, rows, lead_of = as_arrays(leads)

    derived = derive(events, as_of)

    for lead, some in enumerate(leads):
        plain = cycles.derive(some, as_of, REASONS, owner, QUEUES)
        found = [cycle_of(row, rows, owner) for row in rows_of(derived) if row["LEAD"] == lead]
        assert found == list(plain.cycles)
        of_lead = np.flatnonzero(np.array(lead_of) == lead)
        problems = {
            (PROBLEMS[wrong], rows[row].event_id) for row in of_lead for wrong in Wrong if derived.wrong[row] & wrong
        }
        # What is later, and what a retraction names, is no matter of cycles.
        of_cycles = {one for one in plain.problems if one[0] is not ProblemKind.FUTURE and one[1][0] != "r"}
        assert problems == of_cycles
        since = customer_since(some, as_of)
        assert derived.customer[lead] == (NEVER if since is None else since)


@given(a_lead())
def test_every_event_belongs_to_at_most_one_cycle_and_stands_on_its_day(some: list[Event]) -> None:
    events, rows, _ = as_arrays([some])

    derived = derive(events, 10 * DAY)

    for row, event in enumerate(rows):
        assert derived.cycle[row] < len(derived.cycles)
        earliest = event.at
        latest = event.day_ends - 1 if event.day_ends else event.at + LAG
        assert earliest <= derived.place[row] <= latest
    counted = {one.event_id for row, one in enumerate(rows) if derived.cycle[row] != TAKEN and not events.gone[row]}
    assert {one.event_id for one in counting(some, 10 * DAY)} == counted
