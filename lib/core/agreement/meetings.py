"""Meetings of both sides: an agenda of what is open, what was decided, who does what by when, and the minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lib.core.agreement.audit import Head
from lib.core.errors import Fault, NotFound, Refused


class NoteRefused(Refused):
    """A note that says nothing, or an action without anybody to do it."""


class NoteKind(StrEnum):
    """What a meeting leaves behind."""

    DECISION = "decision"
    ACTION = "action"


class NoteState(StrEnum):
    """What became of a note; `STRUCK`: it was written by mistake, and stays in the history."""

    OPEN = "open"
    DONE = "done"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True)
class Note:
    """A decision, or an action with its owner and the day it is due; `at` in microseconds since 1970 UTC."""

    number: int
    met_on: date
    at: int
    who: str
    kind: NoteKind
    text: str
    owner: str | None
    due: date | None
    state: NoteState

    def is_overdue(self, today: date) -> bool:
        """An action nobody has done though its day has passed."""
        return self.state is NoteState.OPEN and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One point of the agenda, and the page where it is dealt with."""

    sentence: str
    page: str


def check_note(kind: NoteKind, text: str, owner: str | None, due: date | None) -> None:
    """Nothing where the note may be kept; NoteRefused where it says nothing, or nobody is to do it by any day."""
    if not text.strip():
        raise NoteRefused(Fault(kind, "it says nothing", "Write what was decided, or what is to be done."))
    if kind is NoteKind.ACTION and not (owner or "").strip():
        raise NoteRefused(Fault("action", "nobody is to do it", "Name its owner."))
    if kind is NoteKind.ACTION and due is None:
        raise NoteRefused(Fault("action", "it is due on no day", "Say by when."))


def note_numbered(notes: Sequence[Note], number: int) -> Note:
    """The note of that number; NotFound where there is none."""
    for note in notes:
        if note.number == number:
            return note
    raise NotFound(Fault(f"note {number}", "there is no such note", "Reload the page."))


def open_actions(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Every action still to be done, whatever meeting it is from, the one due first first."""
    waiting = [note for note in notes if note.kind is NoteKind.ACTION and note.state is NoteState.OPEN]
    return tuple(sorted(waiting, key=lambda note: (note.due or date.max, note.number)))


def minutes(met_on: date, agenda: Sequence[AgendaItem], notes: Sequence[Note], head: Head) -> str:
    """The minutes of one day's meeting as Markdown, struck notes left out; `head` is where the audit chain ends."""
    kept = [note for note in notes if note.met_on == met_on and note.state is not NoteState.STRUCK]
    decisions = [note for note in kept if note.kind is NoteKind.DECISION]
    actions = [note for note in kept if note.kind is NoteKind.ACTION]
    lines = [f"# Meeting of {met_on.day} {met_on:%B %Y}"]
    if agenda:
        lines += ["", "## Agenda", "", *(f"- {_escaped(item.sentence)}" for item in agenda)]
    lines += ["", "## Decisions", ""]
    lines += [f"- {_escaped(note.text)} ({_escaped(note.who)})" for note in decisions] or ["None."]
    lines += ["", "## Actions", ""]
    lines += [_action(note) for note in actions] or ["None."]
    lines += ["", head.sentence]
    return "\n".join(lines) + "\n"


def _action(note: Note) -> str:
    due = f"by {note.due.day} {note.due:%B %Y}" if note.due else ""
    box = "x" if note.state is NoteState.DONE else " "
    return f"- [{box}] {_escaped(note.text)}: **{_escaped(note.owner or '')}**, {due}"


def _escaped(text: str) -> str:
    # One line each, and no marks that somebody's words would set by accident.
    one_line = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#|" else letter for letter in one_line)
