"""Where the events of one lead stand, in which order, and to which cycle each belongs: plainly, event by event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lib.core.handoffs.events import EVENT_KINDS

ENDINGS = ("rejected", "recycled", "disqualified", "withdrawn", "won", "lost")
"""After any of these a cycle is no longer under way, and an `mql` opens the next one."""

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


@dataclass(frozen=True, slots=True)
class Placed:
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


def content(event: Event) -> tuple[object, ...]:
    """What events of one kind at one instant are told apart and ordered by."""
    said = (event.actor, event.reason)
    return *((one is not None, one or "") for one in said), event.amount is not None, event.amount or 0.0


def _order(one: Placed) -> tuple[object, ...]:
    event = one.event
    return one.at, one.turn, EVENT_KINDS.index(event.kind), event.at, *content(event), event.event_id


def in_order(events: Iterable[Event], as_of: int) -> list[Placed]:
    """The events that have happened by an instant, in their order; where they stand all of them say."""
    return _with_lagging([one for one in _on_their_days(_counting(events, as_of)) if one.at <= as_of])


def _on_their_days(known: Iterable[Placed]) -> list[Placed]:
    """Every event with the instant it stands at, in their order."""
    waiting = sorted(known, key=_order)
    settled: list[Placed] = []
    while waiting:
        begins = waiting[0].at
        ends = max(one.event.day_ends or 0 for one in waiting if one.at == begins)
        of_day = [one for one in waiting if one.at < ends] or waiting[:1]
        waiting = waiting[len(of_day) :]
        settled += sorted(_day(settled, of_day, begins) if ends else of_day, key=_order)
    return settled


def _day(settled: list[Placed], of_day: Sequence[Placed], begins: int) -> list[Placed]:
    """The events of one day, of which some are known by it alone, after what is settled."""
    by_day = [one for one in of_day if one.event.day_ends and one.at == begins]
    exact = [one for one in of_day if one not in by_day]
    mqls = [one for one in by_day if one.kind == "mql"]
    others = [one for one in by_day if one.kind != "mql"]
    before, _ = grouped(settled)
    ended = next((one.at for one in exact if one.kind in ENDINGS), None)
    if _under_way(before) and ended is None:
        ends_today = any(one.kind in ENDINGS for one in others)
        next_mql = next((place for place, one in enumerate(exact) if one.kind == "mql"), len(exact))
        ours = [one for one in (exact[:next_mql] if ends_today else exact) if not one.gone]
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
    groups, _ = grouped([*settled, *sorted([*exact, *opening], key=_order)])
    if len(groups) == len(before):
        return [*exact, *opening, *(replace(one, at=_stands(one, exact, begins)) for one in others)]
    latest = groups[-1][0]
    ours = [one for one in exact if one in groups[-1]]
    placed = [replace(one, at=_stands(one, ours, max(begins, latest.at)), turn=latest.turn) for one in others]
    return [*exact, *opening, *placed]


def _stands(event: Placed, ours: Iterable[Placed], earliest: int) -> int:
    """Where an event known by its day stands among the exactly timed ones of its cycle on that day."""
    step = EVENT_KINDS.index(event.kind)
    before = [one for one in ours if EVENT_KINDS.index(one.kind) < step]
    assigned = [one.at for one in before if one.kind == "assigned"][:1]
    return max([earliest, *assigned, *(one.at for one in before if one.kind != "assigned")])


def _with_lagging(placed: list[Placed]) -> list[Placed]:
    """The same, what was stamped shortly before a hand-over that it belongs to standing at its instant."""
    moved: set[str] = set()
    while True:
        for place, one in enumerate(placed):
            if one.kind not in LAGGING or one.event.day_ends or one.event.event_id in moved:
                continue
            if _under_way(grouped(placed[:place])[0]):
                continue
            mql = next((other for other in placed[place + 1 :] if other.kind == "mql"), None)
            if mql is not None and 0 < mql.at - one.at <= LAG:
                moved.add(one.event.event_id)
                placed[place] = replace(one, at=mql.at, turn=mql.turn)
                placed = sorted(placed, key=_order)
                break
        else:
            return placed


def grouped(placed: Iterable[Placed]) -> tuple[list[list[Placed]], list[Placed]]:
    """The events of each cycle, the opening one first, and those before any; also of cycles that are gone."""
    groups: list[list[Placed]] = []
    before_any: list[Placed] = []
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


def _under_way(groups: Sequence[Sequence[Placed]]) -> bool:
    return bool(groups) and not groups[-1][0].gone and not any(one.kind in ENDINGS for one in groups[-1])


def that_count(groups: Iterable[Sequence[Placed]], before_any: Iterable[Placed]) -> list[Placed]:
    """The events in their order, without what went with a hand-over that was taken back."""
    return [*before_any, *(one for group in groups if not group[0].gone for one in group)]


def after_its_end(group: Sequence[Placed]) -> list[Placed]:
    """What came about a cycle after the first event that ended it."""
    end = next((place for place, one in enumerate(group) if one.kind in ENDINGS), len(group))
    return list(group[end + 1 :])


def idle_retractions(events: Iterable[Event], as_of: int) -> list[Event]:
    """The retractions that name none of the events known by an instant."""
    known = [event for event in events if event.at <= as_of]
    names = {event.event_id for event in known}
    return [event for event in known if event.kind == "retracted" and event.takes_back not in names]


def retractions_of(events: Iterable[Event], as_of: int) -> dict[str | None, Event]:
    """By the id of an event that is taken back as of an instant, the retraction that does it."""
    found: dict[str | None, Event] = {}
    retractions = [event for event in events if event.kind == "retracted" and event.at <= as_of]
    # Backwards: a retraction is itself taken back by a later one only.
    for one in sorted(retractions, key=lambda event: (event.at, event.event_id), reverse=True):
        if one.event_id not in found:
            found[one.takes_back] = one
    return found


def _counting(events: Iterable[Event], as_of: int) -> list[Placed]:
    """The events that no retraction takes back as of an instant, and the hand-overs that one does."""
    every = list(events)
    gone = retractions_of(every, as_of).keys()
    kept = [event for event in every if event.kind == "mql" or event.event_id not in gone]
    return [Placed(event, event.at, gone=event.event_id in gone) for event in kept if event.kind != "retracted"]
