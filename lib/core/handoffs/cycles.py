"""One lead's cycles from its events, plainly; the reference the database's derivation must match."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lib.core.handoffs.events import EVENT_KINDS

ENDINGS = ("rejected", "recycled", "disqualified", "withdrawn", "won", "lost")
"""After any of these a cycle is no longer under way, and an `mql` opens the next one."""

ACCEPTING = ("accepted", "sql", "opportunity", "won")
REJECTING = ("rejected", "recycled", "disqualified")
"""The kinds that say, or imply, that sales accepted or rejected."""

CLOSING = ("lost", "withdrawn")
"""The kinds that say nothing of sales' decision, and close a cycle that has none."""

OFTEN = ("assigned", "first_touch", "won", "lost", "withdrawn")
"""Kinds of which a cycle rightly has several, and the others are no problem."""

LAGGING = ("assigned", "first_touch", "accepted", "rejected")
LAG = 10 * 60 * 1_000_000
"""What of these came so shortly (microseconds) before a hand-over, with no cycle under way, belongs to it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One hand-off event of one lead: `at` in microseconds since 1970 UTC.

    One known by its day alone is `at` the day's begin, which ends before `day_ends`. `takes_back` is what a
    `retracted` event names; `score`, `version` and `currency` are those of its detail; None is unknown.
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
    day_ends: int | None = None


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


class ProblemKind(StrEnum):
    """What can be wrong with what was imported or entered; every one of them is kept, and none counted silently."""

    REJECTED_ROW = "rejected row"
    UNKNOWN_VALUE = "unknown value"
    ORPHAN = "orphan"
    REPEAT = "repeat"
    CONTRADICTION = "contradiction"
    TIE = "tie"
    REOPENED = "reopened"
    UNKNOWN_REASON = "unknown reason"
    FUTURE = "future"
    CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Derived:
    """A lead's cycles, and the events that are a problem, each with its kind."""

    cycles: tuple[Cycle, ...]
    problems: frozenset[tuple[ProblemKind, str]]


@dataclass(frozen=True, slots=True)
class _Placed:
    """An event and the instant it stands at; of two at one instant, the `turn` of the later cycle's is the later.

    `gone` is a hand-over that was taken back: what belongs to its cycle goes with it.
    """

    event: Event
    at: int
    turn: int = 0
    gone: bool = False

    @property
    def kind(self) -> str:
        return self.event.kind

    @property
    def until(self) -> int:
        return self.event.day_ends or self.at


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
    idle = _idle(events, as_of)
    groups, before_any = _grouped(_as_of(events, as_of))
    placed = _that_count(groups, before_any)
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
        tail = _after_its_end(group)
    return Derived(tuple(cycles), frozenset(problems))


def counting(events: Iterable[Event], as_of: int) -> tuple[Event, ...]:
    """The events of one lead that count as of an instant, in the order they do; retractions are not among them."""
    return tuple(one.event for one in _that_count(*_grouped(_as_of(events, as_of))))


def returns(events: Iterable[Event], as_of: int, recycling: Collection[str]) -> tuple[int, ...]:
    """When a lead of these events came back from sales as of an instant: at most once a cycle, in their order.

    Where it was recycled, else where it was rejected for a reason that recycles.
    """
    came_back: list[int] = []
    groups, _ = _grouped(_as_of(events, as_of))
    for number, group in enumerate(groups, start=1):
        if group[0].gone:
            continue
        recycled, cycle = _first(group, ("recycled",)), _cycle(number, group, [], None, ())
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
    for one in _that_count(*_grouped(_as_of(events, as_of))):
        if one.kind == "won" and since is None:
            since = one.at
        elif one.kind == "lost":
            since = None
    return since


# Where events stand.


def _content(event: Event) -> tuple[object, ...]:
    """What events of one kind at one instant are told apart and ordered by."""
    said = (event.actor, event.reason)
    return *((one is not None, one or "") for one in said), event.amount is not None, event.amount or 0.0


def _order(one: _Placed) -> tuple[object, ...]:
    event = one.event
    return one.at, one.turn, EVENT_KINDS.index(event.kind), event.at, *_content(event), event.event_id


def _as_of(events: Iterable[Event], as_of: int) -> list[_Placed]:
    """The events that have happened by an instant, in their order; where they stand all of them say."""
    return _with_lagging([one for one in _on_their_days(_counting(events, as_of)) if one.at <= as_of])


def _on_their_days(known: Iterable[_Placed]) -> list[_Placed]:
    """Every event with the instant it stands at, in their order."""
    waiting = sorted(known, key=_order)
    settled: list[_Placed] = []
    while waiting:
        begins = waiting[0].at
        ends = max(one.event.day_ends or 0 for one in waiting if one.at == begins)
        of_day = [one for one in waiting if one.at < ends] or waiting[:1]
        waiting = waiting[len(of_day) :]
        settled += sorted(_day(settled, of_day, begins) if ends else of_day, key=_order)
    return settled


def _day(settled: list[_Placed], of_day: Sequence[_Placed], begins: int) -> list[_Placed]:
    """The events of one day, of which some are known by it alone, after what is settled."""
    by_day = [one for one in of_day if one.event.day_ends and one.at == begins]
    exact = [one for one in of_day if one not in by_day]
    mqls = [one for one in by_day if one.kind == "mql"]
    others = [one for one in by_day if one.kind != "mql"]
    before, _ = _grouped(settled)
    ended = next((one.at for one in exact if one.kind in ENDINGS), None)
    if _under_way(before) and ended is None:
        ends_today = any(one.kind in ENDINGS for one in others)
        next_mql = next((place for place, one in enumerate(exact) if one.kind == "mql"), len(exact))
        ours = exact[:next_mql] if ends_today else exact
        placed = [replace(one, at=_stands(one, ours, begins)) for one in others]
        if not ends_today:
            return [*exact, *placed, *mqls]
        opens = min(one.at for one in placed if one.kind in ENDINGS)
        if mqls:
            placed = [replace(one, at=min(one.at, opens)) for one in placed]
        return [*exact, *placed, *(replace(one, at=opens, turn=1) for one in mqls)]
    begins_after = _under_way(before) and ended is not None
    opens, turn = (ended or begins, 1) if begins_after else (begins, 0)
    opening = [replace(one, at=opens, turn=turn) for one in mqls]
    groups, _ = _grouped([*settled, *sorted([*exact, *opening], key=_order)])
    if len(groups) == len(before):
        return [*exact, *opening, *(replace(one, at=_stands(one, exact, begins)) for one in others)]
    latest = groups[-1][0]
    ours = [one for one in exact if one in groups[-1]]
    placed = [replace(one, at=_stands(one, ours, max(begins, latest.at)), turn=latest.turn) for one in others]
    return [*exact, *opening, *placed]


def _stands(event: _Placed, ours: Iterable[_Placed], earliest: int) -> int:
    """Where an event known by its day stands among the exactly timed ones of its cycle on that day."""
    step = EVENT_KINDS.index(event.kind)
    before = [one for one in ours if EVENT_KINDS.index(one.kind) < step]
    assigned = [one.at for one in before if one.kind == "assigned"][:1]
    return max([earliest, *assigned, *(one.at for one in before if one.kind != "assigned")])


def _with_lagging(placed: list[_Placed]) -> list[_Placed]:
    """The same, what was stamped shortly before a hand-over that it belongs to standing at its instant."""
    moved: set[str] = set()
    while True:
        for place, one in enumerate(placed):
            if one.kind not in LAGGING or one.event.day_ends or one.event.event_id in moved:
                continue
            if _under_way(_grouped(placed[:place])[0]):
                continue
            mql = next((other for other in placed[place + 1 :] if other.kind == "mql"), None)
            if mql is not None and 0 < mql.at - one.at <= LAG:
                moved.add(one.event.event_id)
                placed[place] = replace(one, at=mql.at, turn=mql.turn)
                placed = sorted(placed, key=_order)
                break
        else:
            return placed


def _grouped(placed: Iterable[_Placed]) -> tuple[list[list[_Placed]], list[_Placed]]:
    """The events of each cycle, the opening one first, and those before any; also of cycles that are gone."""
    groups: list[list[_Placed]] = []
    before_any: list[_Placed] = []
    for one in placed:
        if one.kind == "mql" and not _under_way(groups):
            groups.append([one])
        elif one.gone:
            continue
        elif groups:
            groups[-1].append(one)
        else:
            before_any.append(one)
    return groups, before_any


def _under_way(groups: Sequence[Sequence[_Placed]]) -> bool:
    return bool(groups) and not groups[-1][0].gone and not any(one.kind in ENDINGS for one in groups[-1])


def _that_count(groups: Iterable[Sequence[_Placed]], before_any: Iterable[_Placed]) -> list[_Placed]:
    """The events in their order, without what went with a hand-over that was taken back."""
    return [*before_any, *(one for group in groups if not group[0].gone for one in group)]


def _after_its_end(group: Sequence[_Placed]) -> list[_Placed]:
    """What came about a cycle after the first event that ended it."""
    end = next((place for place, one in enumerate(group) if one.kind in ENDINGS), len(group))
    return list(group[end + 1 :])


def _idle(events: Iterable[Event], as_of: int) -> list[Event]:
    """The retractions that name none of the events known by an instant."""
    known = [event for event in events if event.at <= as_of]
    names = {event.event_id for event in known}
    return [event for event in known if event.kind == "retracted" and event.takes_back not in names]


def _counting(events: Iterable[Event], as_of: int) -> list[_Placed]:
    """The events that no retraction takes back as of an instant, and the hand-overs that one does."""
    every = list(events)
    retractions = [event for event in every if event.kind == "retracted" and event.at <= as_of]
    gone: set[str | None] = set()
    # Backwards: a retraction is itself taken back by a later one only.
    for retraction in sorted(retractions, key=lambda event: (event.at, event.event_id), reverse=True):
        if retraction.event_id not in gone:
            gone.add(retraction.takes_back)
    kept = [event for event in every if event.kind == "mql" or event.event_id not in gone]
    return [_Placed(event, event.at, gone=event.event_id in gone) for event in kept if event.kind != "retracted"]


# What they say.


def _first(group: Iterable[_Placed], kinds: Collection[str]) -> _Placed | None:
    return next((one for one in group if one.kind in kinds), None)


def _decisive(group: Sequence[_Placed]) -> _Placed | None:
    """What decides: what sales said first, or what implies it; after a closing nothing implies a rejection."""
    closed = False
    for one in group:
        if one.kind in ("accepted", "rejected", *ACCEPTING) or (one.kind in REJECTING and not closed):
            return one
        closed = closed or one.kind in CLOSING
    return None


def _cycle(
    number: int, group: Sequence[_Placed], tail: Sequence[_Placed], owner: str | None, queues: Collection[str]
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

    def at(one: _Placed | None) -> int | None:
        return None if one is None else one.at

    def until(one: _Placed | None) -> int | None:
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


def _reason(group: Sequence[_Placed], decisive: _Placed | None) -> str | None:
    """Why it was rejected; who said so without a reason may have given it when sending the lead back."""
    if decisive is None or decisive.event.reason is not None or decisive.kind != "rejected":
        return decisive.event.reason if decisive else None
    later = group[group.index(decisive) + 1 :]
    given = (one.event.reason for one in later if one.kind in ("recycled", "disqualified"))
    return next((reason for reason in given if reason is not None), None)


def _tied(placed: Sequence[_Placed]) -> frozenset[str]:
    """The events that say otherwise than another of their kind at the same instant, which comes first."""
    firsts: dict[tuple[int, str], _Placed] = {}
    tied = set()
    last: tuple[int, str] | None = None
    for one in placed:
        if last != (one.at, one.kind):
            firsts[one.at, one.kind] = one
            last = (one.at, one.kind)
        elif _content(firsts[last].event) != _content(one.event):
            tied.add(one.event.event_id)
    return frozenset(tied)


def _problems(
    group: Sequence[_Placed], reasons: Collection[str], tied: Collection[str]
) -> Iterable[tuple[ProblemKind, str]]:
    decisive = _decisive(group)
    if decisive and decisive.kind in REJECTING and _reason(group, decisive) not in reasons:
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
