"""What sales answers in the Inbox, as events: each written once, and never over somebody else's answer.

An action has a key that its form keeps for as long as it is shown. Pressed twice, or
sent again after a lost connection, it finds its own event and says so. Another
session's action finds the cycle as the first one left it: everything is read and
written in one transaction, and there is one writer at a time. What is dated ahead of
the clock counts as well, and each event is dated after those it follows: a clock that
steps back overrules no answer. Each event is an audit
entry of the same transaction, with ids and a hash and nothing that was typed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.errors import Fault, NotFound, did_you_mean
from lib.core.handoffs.answered import (
    ANSWER_PREFIX,
    UNDO_SECONDS,
    AlreadyAnswered,
    AnswerIncomplete,
    Given,
    LeadNote,
    Press,
    TooLateToUndo,
    Written,
)
from lib.core.handoffs.answers import Answers, Question
from lib.core.handoffs.cycles.order import Event
from lib.core.handoffs.cycles.plain import ACCEPTING, REJECTING, counting, cycle_of, from_then_on, latest_cycle
from lib.core.time.clock import MICROSECONDS, from_microseconds
from lib.store.agreement import audit
from lib.store.database import Database
from lib.store.handoffs.cycles import keep_cycles
from lib.store.statements import statement

UNDONE = ".undone"
"""How the ids of events end that take one back."""

STANDS = "It stands; a later event can correct it."


# The actions.


def accept(database: Database, by: Grant, press: Press, answers: Answers, given: Mapping[str, bool]) -> Written:
    """Sales accepts the lead: every question of the checklist answered with yes, by its id.

    Raises AnswerIncomplete where one is not, AlreadyAnswered where the cycle is
    decided, NotFound where the lead has no such cycle or a later one.
    """
    _all_yes(press, answers.accept, given, "or reject the lead with a reason")
    return _decide(database, by, press, "accepted", {"answers": dict(given)})


def reject(database: Database, by: Grant, press: Press, answers: Answers, reason: str) -> Written:
    """Sales rejects the lead for a coded reason; the event's detail says, under `then`, what follows from it.

    Raises AnswerIncomplete for a blank or unknown reason, AlreadyAnswered where
    the cycle is decided, NotFound where the lead has no such cycle or a later one.
    """
    codes = [one.code for one in answers.reasons]
    if reason not in codes:
        what = f"'{reason}' is no reason to reject a lead" if reason.strip() else "the reason is missing"
        raise AnswerIncomplete(
            Fault(press.where, what, did_you_mean(reason, codes) or f"Choose of {', '.join(codes)}.")
        )
    return _decide(database, by, press, "rejected", {"then": str(answers.reason(reason).fate)}, reason)


def call_sql(database: Database, by: Grant, press: Press, answers: Answers, given: Mapping[str, bool]) -> Written:
    """Sales calls an accepted lead an SQL: every question of the checklist answered with yes, by its id.

    Raises AnswerIncomplete where one is not, or the lead is not accepted yet;
    AlreadyAnswered where it is rejected, or an SQL already; NotFound as `accept`.
    """
    _all_yes(press, answers.sql, given, "or leave the lead accepted")
    with database.write(by, Right.ANSWER, history=False) as cursor:
        cycle = _cycle(cursor, by, press)
        if repeated := cycle.written("sql"):
            return repeated
        cycle.refuse_after(*REJECTING, "sql", "opportunity", "won", "lost")
        if not cycle.has(*ACCEPTING):
            raise AnswerIncomplete(Fault(press.where, "it is not accepted yet", "Accept the lead first."))
        return cycle.write(cursor, "sql", {"answers": dict(given)})


def assign(database: Database, by: Grant, press: Press, to: str) -> Written:
    """An undecided hand-off becomes another rep's, whose clock starts now; the team's has run since the first.

    Raises NotFound where no rep is called `to` or the lead has no such cycle or a later one, AlreadyAnswered where
    the cycle is decided.
    """
    with database.write(by, Right.ANSWER, history=False) as cursor:
        cycle = _cycle(cursor, by, press)
        if repeated := cycle.written("assigned"):
            return repeated
        cycle.refuse_after(*ACCEPTING, *REJECTING)
        reps = [rep_id for (rep_id, *_) in cursor.execute(statement("sla/reps")).fetchall()]
        if to not in reps:
            raise NotFound(Fault(press.where, f"no rep is called '{to}'", did_you_mean(to, reps)))
        return cycle.write(cursor, "assigned", {"by": by.actor}, actor=to)


def touch(database: Database, by: Grant, press: Press, *, contact: bool) -> Written:
    """Sales tried to reach the lead, and did (`contact`) or did not; the first try stops the clock of the first touch.

    Raises NotFound where the lead has no such cycle or a later one.
    """
    with database.write(by, Right.ANSWER, history=False) as cursor:
        cycle = _cycle(cursor, by, press)
        return cycle.written("first_touch") or cycle.write(cursor, "first_touch", {"contact": contact})


def note(database: Database, by: Grant, press: Press) -> Written:
    """A note by itself: the assignment of whoever has the hand-off is said once more, which changes nothing.

    Raises AnswerIncomplete where the note is empty, or nobody is assigned of whom
    it could be said; NotFound where the lead has no such cycle or a later one.
    """
    if not press.note.strip():
        raise AnswerIncomplete(Fault(press.where, "the note is empty", "Write one."))
    with database.write(by, Right.ANSWER, history=False) as cursor:
        cycle = _cycle(cursor, by, press)
        if repeated := cycle.written("assigned"):
            return repeated
        owner = next((event.actor for event in reversed(cycle.events) if event.kind == "assigned"), None)
        if owner is None:
            remedy = "Assign it first; the note can go along with that."
            raise AnswerIncomplete(
                Fault(press.where, "nobody is assigned yet, and a note would assign somebody", remedy)
            )
        return cycle.write(cursor, "assigned", {"by": by.actor}, actor=owner)


def undo(database: Database, by: Grant, event_id: str, at: int) -> Written:
    """Takes an action back within a minute, by an event that retracts it; returns the action.

    Raises NotFound where the Inbox wrote no such event, TooLateToUndo after a
    minute or where an answer has followed on it. Taken back twice is once.
    """
    with database.write(by, Right.ANSWER, history=False) as cursor:
        row = cursor.execute("select lead_id from handoff_event where event_id = $1", [event_id]).fetchone()
        lead_id = str(row[0]) if row else ""
        events = _events_of(cursor, lead_id)
        action = events.get(event_id)
        if action is None or not event_id.startswith(ANSWER_PREFIX):
            raise NotFound(Fault(f"event {event_id}", "the Inbox wrote no such event", "Reload the page."))
        done = _written(lead_id, action)
        if f"{event_id}{UNDONE}" in events:
            return replace(done, repeated=True)
        if at - action.at > UNDO_SECONDS * MICROSECONDS:
            raise TooLateToUndo(Fault(f"lead {lead_id}, {done.sentence}", "it is more than a minute ago", STANDS))
        counted = counting(events.values(), max(at, *(event.at for event in events.values())))
        for event in counted[counted.index(action) + 1 :] if action in counted else ():
            if event.kind in ("mql", *ACCEPTING, *REJECTING):
                what = f"it was {_written(lead_id, event).sentence} since"
                raise TooLateToUndo(Fault(f"lead {lead_id}, {done.sentence}", what, STANDS))
        taken_back = Event(f"{event_id}{UNDONE}", max(at, action.at + 1), "retracted", by.actor)
        _write(cursor, lead_id, taken_back, {"event_id": event_id}, by, at)
        keep_cycles(cursor)
        return done


# What can be read back.


def answers_given(database: Database, start: int, end: int, as_of: int) -> tuple[Given, ...]:
    """What was answered in the Inbox from `start` up to, not including, `end` and counts as of an instant."""
    instants = {"as_of": as_of, "start": start, "end": end}
    given = {name: from_microseconds(at).replace(tzinfo=None) for name, at in instants.items()}
    with database.cursor() as cursor:
        return tuple(Given(*row) for row in cursor.execute(statement("handoffs/answers_given"), given).fetchall())


def notes_of(database: Database, lead_id: str) -> tuple[LeadNote, ...]:
    """The notes on a lead that were not taken back, the newest first."""
    with database.cursor() as cursor:
        rows = cursor.execute(statement("handoffs/notes_of_lead"), {"lead_id": lead_id, "undone": UNDONE}).fetchall()
    return tuple(LeadNote(*row) for row in rows)


# One transaction.


@dataclass(frozen=True)
class _Cycle:
    """The cycle a button was pressed on, as the transaction finds it: its events but hand-overs, in order, all of the
    lead, and the earliest instant (microseconds) at which another can follow on them."""

    by: Grant
    press: Press
    events: tuple[Event, ...]
    of_lead: Mapping[str, Event]
    next_at: int

    def has(self, *kinds: str) -> bool:
        return any(event.kind in kinds for event in self.events)

    def written(self, kind: str) -> Written | None:
        """What an earlier press of the same form wrote, if there was one."""
        event = self.of_lead.get(self.press.event_id(kind))
        return None if event is None else _written(self.press.lead_id, event, repeated=True)

    def refuse_after(self, *kinds: str) -> None:
        """Raises AlreadyAnswered, naming the first event of these kinds, where there is one."""
        for event in self.events:
            if event.kind in kinds:
                earlier = _written(self.press.lead_id, event)
                what = f"it was {earlier.sentence} already, and that stands"
                raise AlreadyAnswered(Fault(self.press.where, what, "Nothing was written."), earlier)

    def write(
        self,
        cursor: duckdb.DuckDBPyConnection,
        kind: str,
        detail: Mapping[str, object],
        reason: str | None = None,
        actor: str | None = None,
    ) -> Written:
        press = self.press
        said = {**detail, "handoff": press.handoff_id, **({"note": press.note.strip()} if press.note.strip() else {})}
        event = Event(press.event_id(kind), max(press.at, self.next_at), kind, actor or self.by.actor, reason)
        if cycle_of((*self.of_lead.values(), event), event.event_id) != press.cycle:
            raise _handed_over_since(press)
        _write(cursor, press.lead_id, event, said, self.by, press.at)
        keep_cycles(cursor)
        return _written(press.lead_id, event)


def _decide(
    database: Database, by: Grant, press: Press, kind: str, detail: Mapping[str, object], reason: str | None = None
) -> Written:
    with database.write(by, Right.ANSWER, history=False) as cursor:
        cycle = _cycle(cursor, by, press)
        if repeated := cycle.written(kind):
            return repeated
        cycle.refuse_after(*ACCEPTING, *REJECTING)
        return cycle.write(cursor, kind, detail, reason)


def _all_yes(press: Press, questions: Sequence[Question], given: Mapping[str, bool], otherwise: str) -> None:
    faults = [
        Fault(press.where, f"'{question.text}' is not answered with yes", f"Answer it, {otherwise}.")
        for question in questions
        if given.get(question.id) is not True
    ]
    if faults:
        raise AnswerIncomplete(faults)


def _cycle(cursor: duckdb.DuckDBPyConnection, by: Grant, press: Press) -> _Cycle:
    """The lead's latest cycle at the press, with what is dated later; NotFound where it is another than pressed on."""
    of_lead = _events_of(cursor, press.lead_id)
    events = from_then_on(of_lead.values(), press.cycle, press.at)
    if events is None:
        number, _ = latest_cycle(of_lead.values(), press.at)
        if number > press.cycle:
            raise _handed_over_since(press)
        raise NotFound(Fault(press.where, "there is no such hand-off", "Reload the page."))
    answers = tuple(event for event in events if event.kind != "mql")
    return _Cycle(by, press, answers, of_lead, max(event.at for event in events) + 1)


def _handed_over_since(press: Press) -> NotFound:
    return NotFound(Fault(press.where, "the lead has been handed over again since", "Reload the page."))


def _events_of(cursor: duckdb.DuckDBPyConnection, lead_id: str) -> dict[str, Event]:
    """Every event of a lead by its id, retracted ones too."""
    rows = cursor.execute(statement("handoffs/events_of_lead"), {"lead_id": lead_id}).fetchall()
    return {
        event_id: Event(event_id, at, kind, actor, reason, takes_back=takes_back, day_ends=day_ends)
        for event_id, at, kind, actor, reason, takes_back, day_ends in rows
    }


def _write(
    cursor: duckdb.DuckDBPyConnection, lead_id: str, event: Event, detail: Mapping[str, object], by: Grant, now: int
) -> None:
    given = {
        "event_id": event.event_id,
        "lead_id": lead_id,
        "at": event.at,
        "kind": event.kind,
        "actor": event.actor,
        "reason": event.reason,
        "detail": json.dumps(detail, ensure_ascii=False),
    }
    cursor.execute(statement("handoffs/write_event"), given)
    ((sha256,),) = cursor.execute(statement("handoffs/hash_of_event"), given).fetchall()
    said = {"event": event.event_id, "lead": lead_id, "kind": event.kind, "sha256": sha256}
    audit.note(cursor, now, by, audit.ANSWERED, said)


def _written(lead_id: str, event: Event, *, repeated: bool = False) -> Written:
    return Written(event.event_id, lead_id, event.kind, event.at, event.actor, event.reason, repeated)
