"""One lead's cycles from its events, plainly; the reference the database's derivation must match."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from lib.core.handoffs.events import EVENT_KINDS

ENDINGS = ("rejected", "recycled", "disqualified", "won", "lost")
"""After any of these a cycle is no longer under way, and an `mql` opens the next one."""

ACCEPTING = ("accepted", "sql", "opportunity", "won", "lost")
REJECTING = ("rejected", "recycled", "disqualified")
"""The kinds that say, or imply, that sales accepted or rejected."""

OFTEN = ("assigned", "first_touch")
"""Kinds of which a cycle rightly has several: only the first counts, and the others are no problem."""


@dataclass(frozen=True, slots=True)
class Event:
    """One hand-off event of one lead: `at` in microseconds since 1970 UTC.

    `takes_back` is what a `retracted` event names; `score`, `version` and
    `currency` are those of its detail; None is unknown.
    """

    event_id: str
    at: int
    kind: str
    actor: str | None = None
    reason: str | None = None
    amount: float | None = None
    takes_back: str | None = None
    score: int | None = None
    version: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle: instants in microseconds, None for what has not happened, steps that later ones imply filled in."""

    cycle: int
    mql_at: int
    assigned_at: int | None
    first_touch_at: int | None
    decided_at: int | None
    decision: str | None
    reason: str | None
    sql_at: int | None
    opportunity_at: int | None
    won_at: int | None
    lost_at: int | None
    amount: float | None
    currency: str | None
    owner: str | None
    score: int | None
    definition_version: int | None


class ProblemKind(StrEnum):
    """What can be wrong with what was imported or entered; every one of them is kept, and none counted silently."""

    REJECTED_ROW = "rejected row"
    UNKNOWN_VALUE = "unknown value"
    ORPHAN = "orphan"
    REPEAT = "repeat"
    TIE = "tie"
    CONTRADICTION = "contradiction"
    REOPENED = "reopened"
    UNKNOWN_REASON = "unknown reason"
    FUTURE = "future"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Derived:
    """A lead's cycles, and the events that are a problem, each with its kind."""

    cycles: tuple[Cycle, ...]
    problems: frozenset[tuple[ProblemKind, str]]


def derive(events: Collection[Event], as_of: int, reasons: Collection[str], owner: str | None = None) -> Derived:
    """The cycles of one lead as of an instant, whatever the order of the events.

    `reasons` are the known codes, `owner` is the lead's. A currency that changes
    is seen across leads only, and not here.
    """
    known, idle = _counting(events, as_of)
    groups, before_any = _grouped(known)
    problems = {(ProblemKind.FUTURE, event.event_id) for event in events if event.at > as_of}
    problems |= {(ProblemKind.ORPHAN, event.event_id) for event in [*idle, *before_any]}
    for group in groups:
        problems |= set(_problems(group, reasons))
    cycles = tuple(_cycle(number, group, owner) for number, group in enumerate(groups, start=1))
    return Derived(cycles, frozenset(problems))


def counting(events: Iterable[Event], as_of: int) -> tuple[Event, ...]:
    """The events of one lead that count as of an instant, in the order they do; retractions are not among them."""
    return tuple(sorted(_counting(events, as_of)[0], key=_place))


def returns(events: Iterable[Event], as_of: int, recycling: Collection[str]) -> tuple[int, ...]:
    """When a lead of these events came back from sales as of an instant: at most once a cycle, in their order.

    Where it was recycled, else where it was rejected for a reason that recycles.
    """
    came_back: list[int] = []
    for number, group in enumerate(_grouped(_counting(events, as_of)[0])[0], start=1):
        recycled, cycle = _first(group, ("recycled",)), _cycle(number, group, None)
        if recycled is not None:
            came_back.append(recycled.at)
        elif cycle.decision == "rejected" and cycle.decided_at is not None and cycle.reason in recycling:
            came_back.append(cycle.decided_at)
    return tuple(came_back)


def customer_since(events: Iterable[Event], as_of: int) -> int | None:
    """Since when a lead of these events is a customer as of an instant, None where it is none.

    From the first `won` on after which nothing is lost any more, counted in a cycle or not.
    """
    since: int | None = None
    for event in counting(events, as_of):
        if event.kind == "won" and since is None:
            since = event.at
        elif event.kind == "lost":
            since = None
    return since


def _grouped(counting: Iterable[Event]) -> tuple[list[list[Event]], list[Event]]:
    """The events of each cycle, the opening one first, and those before any."""
    groups: list[list[Event]] = []
    before_any: list[Event] = []
    for event in sorted(counting, key=_place):
        under_way = bool(groups) and not any(other.kind in ENDINGS for other in groups[-1])
        if event.kind == "mql" and not under_way:
            groups.append([event])
        elif groups:
            groups[-1].append(event)
        else:
            before_any.append(event)
    return groups, before_any


def _place(event: Event) -> tuple[int, int, str]:
    return event.at, EVENT_KINDS.index(event.kind), event.event_id


def _counting(events: Iterable[Event], as_of: int) -> tuple[list[Event], list[Event]]:
    """The events that count as of an instant, and the retractions that name none of this lead's events."""
    known = [event for event in events if event.at <= as_of]
    names = {event.event_id for event in known}
    retractions = [event for event in known if event.kind == "retracted"]
    gone: set[str | None] = set()
    # Backwards: a retraction is itself taken back by a later one only.
    for retraction in sorted(retractions, key=lambda event: (event.at, event.event_id), reverse=True):
        if retraction.event_id not in gone:
            gone.add(retraction.takes_back)
    counted = [event for event in known if event.kind != "retracted" and event.event_id not in gone]
    return counted, [event for event in retractions if event.takes_back not in names]


def _first(group: Iterable[Event], kinds: Collection[str]) -> Event | None:
    return next((event for event in group if event.kind in kinds), None)


def _cycle(number: int, group: list[Event], owner: str | None) -> Cycle:
    """The cycle of its events, in order, the opening one first."""
    decisive = _first(group, (*ACCEPTING, *REJECTING))
    accepted = decisive is not None and decisive.kind in ACCEPTING
    rejected = decisive is not None and not accepted

    def at(*kinds: str) -> int | None:
        event = _first(group, kinds)
        return event.at if event else None

    def step_at(*kinds: str) -> int | None:
        return at(*kinds) if accepted else None

    paid = [event for kind in ("won", "opportunity") if accepted and (event := _first(group, (kind,)))]
    money = next((event for event in paid if event.amount is not None), None)
    assigned = _first(group, ("assigned",))
    return Cycle(
        cycle=number,
        mql_at=group[0].at,
        assigned_at=at("assigned"),
        first_touch_at=at("first_touch"),
        decided_at=decisive.at if decisive else None,
        decision="accepted" if accepted else "rejected" if rejected else None,
        reason=decisive.reason if decisive and rejected else None,
        sql_at=step_at("sql", "opportunity", "won"),
        opportunity_at=step_at("opportunity", "won"),
        won_at=step_at("won"),
        lost_at=step_at("lost"),
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        owner=(assigned.actor if assigned else None) or owner,
        score=group[0].score,
        definition_version=group[0].version,
    )


def _problems(group: list[Event], reasons: Collection[str]) -> Iterable[tuple[ProblemKind, str]]:
    decisive = _first(group, (*ACCEPTING, *REJECTING))
    if decisive and decisive.kind in REJECTING and decisive.reason not in reasons:
        yield ProblemKind.UNKNOWN_REASON, decisive.event_id
    against = () if decisive is None else ("rejected",) if decisive.kind in ACCEPTING else ACCEPTING
    for place, event in enumerate(group):
        before = {other.kind for other in group[:place]}
        if event.kind in against:
            yield ProblemKind.CONTRADICTION, event.event_id
        elif event.kind in before and event.kind not in OFTEN:
            yield ProblemKind.REPEAT, event.event_id
