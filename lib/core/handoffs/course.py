"""What happened to one lead, line by line: what was stated or is implied, what was said before or taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lib.core.handoffs.cycles.order import Event, Placed, grouped, in_order, retractions_of
from lib.core.handoffs.events import IMPLYING
from lib.core.handoffs.handoffs import Decision, Handoffs, Implied


@dataclass(frozen=True, slots=True)
class Source:
    """Where an event comes from: the fact it states (None: it states none), and the import that brought it."""

    fact: str | None
    run: int | None


@dataclass(frozen=True, slots=True)
class Before:
    """What a source said of a fact until an import of `until` (microseconds), the `until_run`-th, said otherwise.

    `is_gone`: that import said that it is no more.
    """

    event: Event
    source: Source
    until: int
    until_run: int
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one lead's events: those that stand, where each is from, and what was said before."""

    events: tuple[Event, ...]
    sources: Mapping[str, Source]
    before: tuple[Before, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, or is implied to have: at `at` (microseconds), of a day alone where `by_day`.

    `event` states it, or implies it where the step `is_implied`: then `kind` is another than the event's. `cycle` is
    None for what belongs to no hand-off. `was` is what its source said of it before, the oldest first. It counts no
    more once it was `taken_back` by somebody or, at its source, by an import of `gone` (microseconds).
    """

    cycle: int | None
    kind: str
    at: int
    by_day: bool
    event: Event
    is_implied: bool = False
    was: tuple[Before, ...] = ()
    taken_back: Event | None = None
    gone: int | None = None

    @property
    def counts(self) -> bool:
        return self.taken_back is None and self.gone is None


def course(known: Known, handoffs: Handoffs) -> tuple[Line, ...]:
    """What happened to one lead as of the instant of its `handoffs`, in the order in which it counts."""
    as_of = handoffs.as_of
    groups, before_any = grouped(in_order(known.events, as_of))
    steps = {int(number): _implied(handoffs, row) for row, number in enumerate(handoffs.cycle)}
    retractions = retractions_of(known.events, as_of)
    lines = [_line(None, one) for one in before_any]
    for number, group in enumerate(groups, start=1):
        taken = retractions.get(group[0].event.event_id) if group[0].gone else None
        of_cycle = [_line(number, one) for one in group]
        lines += [replace(one, taken_back=taken) for one in _with_implied(of_cycle, steps.get(number, ()))]
    told = {one.event.event_id for one in lines}
    lines += [
        replace(_standing_alone(event, groups), taken_back=retractions.get(event.event_id))
        for event in known.events
        if event.at <= as_of and event.kind != "retracted" and event.event_id not in told
    ]
    return tuple(sorted(_with_what_was(lines, known, groups, as_of), key=lambda one: one.at))


def _implied(handoffs: Handoffs, row: int) -> tuple[str, ...]:
    """The steps of one hand-off that nobody stated, as kinds of event."""
    bits = Implied(int(handoffs.implied[row]))
    decided = Decision(int(handoffs.decision[row])).name.lower()
    named = ((Implied.DECISION, decided), (Implied.SQL, "sql"), (Implied.OPPORTUNITY, "opportunity"))
    return tuple(kind for bit, kind in named if bit in bits)


def _line(cycle: int | None, one: Placed) -> Line:
    return Line(cycle, one.kind, one.at, one.event.day_ends is not None, one.event)


def _with_implied(of_cycle: Sequence[Line], steps: Sequence[str]) -> list[Line]:
    """The lines of a cycle, each step that nobody stated before the event that implies it."""
    lines: list[Line] = []
    left = list(steps)
    for one in of_cycle:
        for step in [step for step in left if one.kind in IMPLYING[step]]:
            lines.append(replace(one, kind=step, is_implied=True))
            left.remove(step)
        lines.append(one)
    return lines


def _standing_alone(event: Event, groups: Sequence[Sequence[Placed]]) -> Line:
    """An event that counts for nothing, beside the cycle that was the latest at its instant."""
    begun = [number for number, group in enumerate(groups, start=1) if group[0].at <= event.at]
    return Line(begun[-1] if begun else None, event.kind, event.at, event.day_ends is not None, event)


def _with_what_was(
    lines: Iterable[Line], known: Known, groups: Sequence[Sequence[Placed]], as_of: int
) -> Iterable[Line]:
    """The lines with what their source said of them before; what nothing came after is a line of its own."""
    left = list(known.before)
    for one in lines:
        said = None if one.is_implied else known.sources.get(one.event.event_id)
        yield one if said is None else replace(one, was=_what_was(one.event, said, left))
    # The newest first: what is told no more, with what was said of that before.
    for last in sorted(known.before, key=lambda one: -one.until_run):
        if last in left:
            left.remove(last)
            was = _what_was(last.event, last.source, left)
            if last.event.at <= as_of:
                yield replace(_standing_alone(last.event, groups), was=was, gone=last.until)


def _what_was(event: Event, source: Source, left: list[Before]) -> tuple[Before, ...]:
    """What was said before of an event, the oldest first; it is taken out of what is left."""
    was: list[Before] = []
    while (earlier := _said_before(event, source, left)) is not None:
        left.remove(earlier)
        was.insert(0, earlier)
        event, source = earlier.event, earlier.source
    return tuple(was)


def _said_before(event: Event, source: Source, before: Iterable[Before]) -> Before | None:
    """What the import that brought an event put it in the place of."""
    if source.fact is None or source.run is None:
        return None
    return next(
        (
            one
            for one in before
            if not one.is_gone
            and one.until_run == source.run
            and one.source.fact == source.fact
            and (one.event.kind == event.kind or one.event.event_id == event.event_id)
        ),
        None,
    )
