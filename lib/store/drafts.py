"""Drafts of the definition, shared under a name: every edit is kept, and none replaces what its author has not seen."""

from dataclasses import dataclass

import duckdb

from lib.core.clock import from_microseconds, to_microseconds
from lib.store.audit import note
from lib.store.database import Database
from lib.store.statements import statement


@dataclass(frozen=True)
class Draft:
    """A draft as it is now: its YAML, its last edit's number, author and instant (microseconds since 1970 UTC)."""

    name: str
    text: str
    updated_at: int
    revision: int = 1
    who: str = "somebody"


def list_drafts(database: Database) -> list[Draft]:
    """Every draft there is, by name."""
    with database.cursor() as cursor:
        return _drafts(cursor, None)


def read_draft(database: Database, name: str) -> Draft | None:
    """The draft of that name, None when there is none."""
    with database.cursor() as cursor:
        return _draft(cursor, name)


def save_draft(database: Database, name: str, text: str, now: int, who: str = "somebody") -> None:
    """Make a text the draft of that name, whatever it was before; what it was stays in its history."""
    with database.write(data=False) as cursor:
        there = _draft(cursor, name)
        if there is None or there.text != text:
            _add(cursor, name, text, now, who)


def delete_draft(database: Database, name: str, now: int, who: str = "somebody") -> None:
    """Delete a draft; nothing when there is none of that name. Its history stays."""
    with database.write(data=False) as cursor:
        if _draft(cursor, name) is not None:
            _add(cursor, name, None, now, who)


def _add(cursor: duckdb.DuckDBPyConnection, name: str, text: str | None, now: int, who: str) -> int:
    """Adds an edit and its audit entry; the revision's number."""
    given = {"name": name, "text": text, "edited_at": from_microseconds(now).replace(tzinfo=None), "who": who}
    ((revision, sha256),) = cursor.execute(statement("add_draft_edit"), given).fetchall()
    note(cursor, now, who, "edited", {"draft": name, "revision": revision, "sha256": sha256})
    return int(revision)


def _draft(cursor: duckdb.DuckDBPyConnection, name: str) -> Draft | None:
    return next(iter(_drafts(cursor, name)), None)


def _drafts(cursor: duckdb.DuckDBPyConnection, name: str | None) -> list[Draft]:
    rows = cursor.execute(statement("drafts"), {"name": name}).fetchall()
    return [
        Draft(name, text, to_microseconds(updated_at), revision, who) for name, text, updated_at, revision, who in rows
    ]
