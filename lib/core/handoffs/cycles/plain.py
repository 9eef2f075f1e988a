"""One lead's cycles from its events, plainly; the reference the database's derivation must match."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lib.core.folding import is_one_of
from lib.core.handoffs.cycles.order import (
    Event,
    Placed,
    after_its_end,
    content,
    grouped,
    idle_retractions,
    in_order,
    that_count,
)
from lib.core.handoffs.events import IMPLYING
from lib.core.handoffs.problems import ProblemKind

ACCEPTING = ("accepted", *IMPLYING["accepted"])
REJECTING = ("rejected", *IMPLYING["rejected"])
"""The kinds that say, or imply, that sales accepted or rejected."""

CLOSING = ("lost", "withdrawn")
"""The kinds that say nothing of sales' decision, and close a cycle that has none."""

OFTEN = ("assigned", "first_touch", "won", "lost", "withdrawn")
"""Kinds of which a cycle rightly has several, and the others are no problem."""


class Step(StrEnum):
    """The steps that a later one may imply."""

    DECISION = "decision"
    SQL = "sql"
    OPPORTUNITY = "opportunity"


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle: instants in microseconds, None for what has not happened, steps that later ones imply filled in.

    `implied` are those that nobody stated. Of what is known by its day alone, the instant is where it stands, and
    `…_until` when that day ends; else they are equal. `first_owner` is whom it was first assigned to.
    """

    cycle: int
    mql_at: int
    mql_until: int
    assigned_at: int | None
    assigned_until: int | None
    first_touch_at: int | None
    first_touch_until: int | None
    decided_at: int | None
    decided_until: int | None
    decision: str | None
    reason: str | None
    sql_at: int | None
    opportunity_at: int | None
    won_at: int | None
    lost_at: int | None
    closed_at: int | None
    outcome: str | None
    amount: float | None
    currency: str | None
    owner: str | None
    owner_since: int | None
    first_owner: str | None
    implied: frozenset[Step]
    score: int | None
    definition_version: int | None


@dataclass(frozen=True, slots=True)
class Derived:
    """A lead's cycles, and the events that are a problem, each with its kind."""

    cycles: tuple[Cycle, ...]
    problems: frozenset[tuple[ProblemKind, str]]


def derive(
    events: Collection[Event],
    as_of: int,
    reasons: Collection[str],
    owner: str | None = None,
    queues: Collection[str] = (),
) -> Derived:
    """The cycles of one lead as of an instant, whatever the order of the events.

    `reasons` are the known codes, `owner` is the lead's; assigning to one of the `queues` is no assignment. A currency
    that changes is seen across leads only, and not here.
    """
    idle = idle_retractions(events, as_of)
    groups, before_any = grouped(in_order(events, as_of))
    placed = that_count(groups, before_any)
    problems = {(ProblemKind.FUTURE, event.event_id) for event in events if event.at > as_of}
    lost_track = [*idle, *(one.event for one in before_any if one.kind != "withdrawn")]
    problems |= {(ProblemKind.ORPHAN, event.event_id) for event in lost_track}
    tied = _tied(placed)
    problems |= {(ProblemKind.TIE, event_id) for event_id in tied}
    cycles = []
    tail = before_any
    for number, group in enumerate(groups, start=1):
        if group[0].gone:
            continue
        problems |= set(_problems(group, reasons, tied))
        cycles.append(_cycle(number, group, tail, owner if owner not in queues else None, queues))
        tail = after_its_end(group)
    return Derived(tuple(cycles), frozenset(problems))


def counting(events: Iterable[Event], as_of: int) -> tuple[Event, ...]:
    """The events of one lead that count as of an instant, in the order they do; retractions are not among them."""
    return tuple(one.event for one in that_count(*grouped(in_order(events, as_of))))


def latest_cycle(events: Iterable[Event], as_of: int) -> tuple[int, tuple[Event, ...]]:
    """The number of the latest cycle as of an instant and its events in their order; 0 and none where there is none."""
    groups, _ = grouped(in_order(events, as_of))
    there = [(number, group) for number, group in enumerate(groups, start=1) if not group[0].gone]
    return (there[-1][0], tuple(one.event for one in there[-1][1])) if there else (0, ())


def from_then_on(events: Collection[Event], number: int, at: int) -> tuple[Event, ...] | None:
    """Every event that belongs to the cycle of that number as of some instant from `at` on, in their order; None where
    at none of these it is the latest.

    What is dated ahead counts as of later, and what is taken back as of later counts until then: who decides whether
    somebody decided must look at all of it, whatever the clock says.
    """
    found: dict[str, Event] = {}
    is_latest = False
    for as_of in sorted({at, *(event.at for event in events if event.at > at)}):
        latest, of_cycle = latest_cycle(events, as_of)
        is_latest = is_latest or latest == number
        found |= {event.event_id: event for event in of_cycle if latest == number}
    return tuple(sorted(found.values(), key=lambda event: event.at)) if is_latest else None


def cycle_of(events: Collection[Event], event_id: str) -> int:
    """The number of the cycle an event belongs to when all have happened; 0 where it belongs to none."""
    groups, _ = grouped(in_order(events, max(event.at for event in events)))
    return next((n for n, group in enumerate(groups, start=1) if event_id in {one.event.event_id for one in group}), 0)


def returns(events: Iterable[Event], as_of: int, recycling: Collection[str]) -> tuple[int, ...]:
    """When a lead of these events came back from sales as of an instant: at most once a cycle, in their order.

    Where it was recycled, else where it was rejected for a reason that recycles.
    """
    came_back: list[int] = []
    groups, _ = grouped(in_order(events, as_of))
    for number, group in enumerate(groups, start=1):
        if group[0].gone:
            continue
        recycled, cycle = _first(group, ("recycled",)), _cycle(number, group, [], None, ())
        if recycled is not None:
            came_back.append(recycled.at)
        elif cycle.decision == "rejected" and cycle.decided_at is not None and is_one_of(cycle.reason, recycling):
            came_back.append(cycle.decided_at)
    return tuple(came_back)


def customer_since(events: Iterable[Event], as_of: int) -> int | None:
    """Since when a lead of these events is a customer as of an instant, None where it is none.

    From the first `won` on after which nothing is lost any more, counted in a cycle or not.
    """
    since: int | None = None
    for one in that_count(*grouped(in_order(events, as_of))):
        if one.kind == "won" and since is None:
            since = one.at
        elif one.kind == "lost":
            since = None
    return since


# What they say.


def _first(group: Iterable[Placed], kinds: Collection[str]) -> Placed | None:
    return next((one for one in group if one.kind in kinds), None)


def _decisive(group: Sequence[Placed]) -> Placed | None:
    """What decides: what sales said first, or what implies it; after a closing nothing implies a rejection."""
    closed = False
    for one in group:
        if one.kind in ("accepted", "rejected", *ACCEPTING) or (one.kind in REJECTING and not closed):
            return one
        closed = closed or one.kind in CLOSING
    return None


def _cycle(
    number: int, group: Sequence[Placed], tail: Sequence[Placed], owner: str | None, queues: Collection[str]
) -> Cycle:
    """The cycle of its events, in order, the opening one first; `tail` is what came since the cycle before ended."""
    decisive = _decisive(group)
    accepted = decisive is not None and decisive.kind in ACCEPTING
    rejected = decisive is not None and not accepted
    closing = _first(group, CLOSING) if decisive is None else None
    mql = group[0]
    end = decisive or closing
    assignments = [one for one in group if one.kind == "assigned" and one.event.actor not in queues]
    until_end = group if end is None else group[: group.index(end) + 1]
    told = [
        one
        for one in (*tail, *until_end)
        if one.kind == "assigned" and one.event.actor is not None and one.event.actor not in queues
    ]
    first_owner = next((one.event.actor for one in assignments if one.event.actor is not None), None)
    last_owner = told[-1].event.actor if told else None
    since = None
    for one in reversed(told):
        if one.event.actor != last_owner:
            break
        since = max(one.at, mql.at)
    first_sql, first_opportunity = _first(group, ("sql", "opportunity", "won")), _first(group, ("opportunity", "won"))
    outcome = None if rejected else next((one for one in reversed(group) if one.kind in ("won", "lost")), None)
    asked = next((one.event for one in group if one.kind == "opportunity" and one.event.amount is not None), None)
    paid = outcome.event if outcome is not None and outcome.event.amount is not None else asked
    money = None if rejected else paid
    implied = {
        *([Step.DECISION] if decisive and decisive.kind not in ("accepted", "rejected") else []),
        *([Step.SQL] if accepted and first_sql and first_sql.kind != "sql" else []),
        *([Step.OPPORTUNITY] if accepted and first_opportunity and first_opportunity.kind != "opportunity" else []),
    }
    assigned, touch = (assignments[0] if assignments else None), _first(group, ("first_touch",))

    def at(one: Placed | None) -> int | None:
        return None if one is None else one.at

    def until(one: Placed | None) -> int | None:
        return None if one is None else one.until

    return Cycle(
        cycle=number,
        mql_at=mql.at,
        mql_until=mql.until,
        assigned_at=at(assigned),
        assigned_until=until(assigned),
        first_touch_at=at(touch),
        first_touch_until=until(touch),
        decided_at=at(decisive),
        decided_until=until(decisive),
        decision="accepted" if accepted else "rejected" if rejected else None,
        reason=_reason(group, decisive) if rejected else None,
        sql_at=at(first_sql) if accepted else None,
        opportunity_at=at(first_opportunity) if accepted else None,
        won_at=at(outcome) if outcome and outcome.kind == "won" else None,
        lost_at=at(outcome) if outcome and outcome.kind == "lost" else None,
        closed_at=at(closing),
        outcome=outcome.kind if outcome else None,
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        owner=last_owner or owner,
        owner_since=since,
        first_owner=first_owner or last_owner or owner,
        implied=frozenset(implied),
        score=mql.event.score,
        definition_version=mql.event.version,
    )


def _reason(group: Sequence[Placed], decisive: Placed | None) -> str | None:
    """Why it was rejected; who said so without a reason may have given it when sending the lead back."""
    if decisive is None or decisive.event.reason is not None or decisive.kind != "rejected":
        return decisive.event.reason if decisive else None
    later = group[group.index(decisive) + 1 :]
    given = (one.event.reason for one in later if one.kind in ("recycled", "disqualified"))
    return next((reason for reason in given if reason is not None), None)


def _tied(placed: Sequence[Placed]) -> frozenset[str]:
    """The events that say otherwise than another of their kind at the same instant, which comes first."""
    firsts: dict[tuple[int, str], Placed] = {}
    tied = set()
    last: tuple[int, str] | None = None
    for one in placed:
        if last != (one.at, one.kind):
            firsts[one.at, one.kind] = one
            last = (one.at, one.kind)
        elif content(firsts[last].event) != content(one.event):
            tied.add(one.event.event_id)
    return frozenset(tied)


def _problems(
    group: Sequence[Placed], reasons: Collection[str], tied: Collection[str]
) -> Iterable[tuple[ProblemKind, str]]:
    decisive = _decisive(group)
    if decisive and decisive.kind in REJECTING and not is_one_of(_reason(group, decisive), reasons):
        yield ProblemKind.UNKNOWN_REASON, decisive.event.event_id
    outcomes = [one for one in group if one.kind in ("won", "lost")]
    if not (decisive and decisive.kind in REJECTING) and len({one.kind for one in outcomes}) == 2:
        yield ProblemKind.REOPENED, outcomes[-1].event.event_id
    against = () if decisive is None else ("rejected",) if decisive.kind in ACCEPTING else ACCEPTING
    for place, one in enumerate(group):
        before = {other.kind for other in group[:place]}
        if one.kind in against:
            yield ProblemKind.CONTRADICTION, one.event.event_id
        elif one.kind in before and one.kind not in OFTEN and one.event.event_id not in tied:
            yield ProblemKind.REPEAT, one.event.event_id
