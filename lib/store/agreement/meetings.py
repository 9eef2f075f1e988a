"""What meetings decided and who is to do what, in the database: only ever added to, each with its audit entry."""

from datetime import date

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.agreement.meetings import Note, NoteKind, NoteState, check_note, note_numbered
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import after_the_last
from lib.store.agreement.audit import note as note_in_chain
from lib.store.database import Database
from lib.store.statements import statement


def load_notes(database: Database) -> tuple[Note, ...]:
    """Every note of every meeting, the oldest first."""
    with database.cursor() as cursor:
        return _notes(cursor)


def add_note(
    database: Database,
    kind: NoteKind,
    text: str,
    by: Grant,
    now: int,
    *,
    met_on: date,
    owner: str | None = None,
    due: date | None = None,
) -> Note:
    """Keeps a decision, or an action of an owner by a day; NoteRefused as `check_note` says."""
    check_note(kind, text, owner, due)
    given = {
        "met_on": met_on,
        "who": by.name,
        "kind": kind.value,
        "text": text.strip(),
        "owner": owner.strip() if kind is NoteKind.ACTION and owner else None,
        "due": due if kind is NoteKind.ACTION else None,
    }
    with database.write(by, Right.NOTE, data=False) as cursor:
        now = after_the_last(cursor, now)
        at = {"noted_at": from_microseconds(now).replace(tzinfo=None)}
        ((number, sha256),) = cursor.execute(statement("agreement/add_meeting_note"), {**given, **at}).fetchall()
        note_in_chain(cursor, now, by, "noted", {"note": number, "kind": kind.value, "sha256": sha256})
        return note_numbered(_notes(cursor), number)


def mark_note(database: Database, number: int, state: NoteState, by: Grant, now: int) -> Note:
    """Says that an action is done or open again, or strikes a note; NotFound where there is no such note.

    What it is already is not said again.
    """
    with database.write(by, Right.NOTE, data=False) as cursor:
        if note_numbered(_notes(cursor), number).state is not state:
            now = after_the_last(cursor, now)
            given = {
                "note": number,
                "marked_at": from_microseconds(now).replace(tzinfo=None),
                "who": by.name,
                "state": state.value,
            }
            cursor.execute(statement("agreement/add_note_mark"), given)
            note_in_chain(cursor, now, by, "marked", {"note": number, "state": state.value})
        return note_numbered(_notes(cursor), number)


def _notes(cursor: duckdb.DuckDBPyConnection) -> tuple[Note, ...]:
    return tuple(
        Note(number, met_on, at, who, NoteKind(kind), text, owner, due, NoteState(state))
        for number, met_on, at, who, kind, text, owner, due, state in cursor.execute(
            statement("agreement/meeting_notes")
        ).fetchall()
    )
