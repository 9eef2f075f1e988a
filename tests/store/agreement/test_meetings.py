"""What meetings decided: kept, only added to, and each in the audit chain."""

from datetime import date

import duckdb
import pytest

from lib.core.agreement.meetings import NoteKind, NoteRefused, NoteState
from lib.core.errors import DatabaseRefused, NotFound
from lib.store.agreement.audit import AuditBroken, load_entries, verify
from lib.store.agreement.meetings import add_note, load_notes, mark_note
from lib.store.database import Database
from tests.grants import ANYTHING, somebody

NOW = 1_780_000_000_000_000
DAY = date(2026, 11, 25)


def decide(db: Database, text: str = "Lower the webinar to 5 points", at: int = NOW) -> int:
    return add_note(db, NoteKind.DECISION, text, somebody("Marta"), at, met_on=DAY).number


def act(db: Database, at: int = NOW + 1) -> int:
    return add_note(
        db, NoteKind.ACTION, "Ask for titles", somebody("Tom"), at, met_on=DAY, owner="Ana", due=date(2026, 12, 1)
    ).number


def test_a_decision_and_an_action_are_kept_as_they_were_said(db: Database) -> None:
    decide(db)
    act(db)

    decision, action = load_notes(db)

    assert (decision.kind, decision.text, decision.who, decision.met_on) == (
        NoteKind.DECISION,
        "Lower the webinar to 5 points",
        "Marta",
        DAY,
    )
    assert (action.owner, action.due, action.state) == ("Ana", date(2026, 12, 1), NoteState.OPEN)


def test_an_action_is_done_and_open_again_and_said_once_each(db: Database) -> None:
    number = act(db)

    mark_note(db, number, NoteState.DONE, somebody("Ana"), NOW + 2)
    mark_note(db, number, NoteState.DONE, somebody("Ana"), NOW + 3)
    assert load_notes(db)[0].state is NoteState.DONE
    mark_note(db, number, NoteState.OPEN, somebody("Tom"), NOW + 4)

    assert load_notes(db)[0].state is NoteState.OPEN
    assert [(entry.what, entry.who) for entry in load_entries(db)] == [
        ("noted", "Tom"),
        ("marked", "Ana"),
        ("marked", "Tom"),
    ]
    assert verify(db) == 3


@pytest.mark.parametrize(
    ("kind", "text", "owner", "due", "what"),
    [
        (NoteKind.DECISION, "  ", None, None, "says nothing"),
        (NoteKind.ACTION, "Ask", " ", DAY, "nobody is to do it"),
        (NoteKind.ACTION, "Ask", "Ana", None, "due on no day"),
    ],
)
def test_a_note_that_means_nothing_is_refused_and_nothing_is_kept(
    db: Database, kind: NoteKind, text: str, owner: str | None, due: date | None, what: str
) -> None:
    with pytest.raises(NoteRefused, match=what):
        add_note(db, kind, text, somebody("Tom"), NOW, met_on=DAY, owner=owner, due=due)

    assert load_notes(db) == ()
    assert load_entries(db) == []


def test_a_note_that_is_not_there_cannot_be_marked(db: Database) -> None:
    with pytest.raises(NotFound, match="no such note"):
        mark_note(db, 7, NoteState.DONE, somebody("Ana"), NOW)


@pytest.mark.parametrize("statement", ["update meeting_note set text = 'no'", "delete from note_mark"])
def test_notes_are_only_ever_added_to(db: Database, statement: str) -> None:
    mark_note(db, act(db), NoteState.DONE, somebody("Ana"), NOW + 2)

    with pytest.raises((duckdb.Error, DatabaseRefused), match="only ever added to"), db.write(*ANYTHING) as cursor:
        cursor.execute(statement)


def test_a_note_slipped_in_without_an_entry_is_found(db: Database) -> None:
    decide(db)
    with db.write(*ANYTHING) as cursor:
        cursor.execute(
            "insert into meeting_note by name "
            "select 2 as note, today() as met_on, now()::timestamp as noted_at, "
            "'X' as who, 'decision' as kind, 'No' as text"
        )

    with pytest.raises(AuditBroken, match="without an audit entry"):
        verify(db)
