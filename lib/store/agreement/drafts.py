"""Drafts of the definition, shared under a name: every edit is kept."""

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.agreement.drafts import Draft, Gone, StoredEdit
from lib.core.time.clock import from_microseconds, to_microseconds
from lib.store.agreement.audit import after_the_last, note
from lib.store.database import Database
from lib.store.statements import statement


def list_drafts(database: Database) -> list[Draft]:
    """Every draft there is, by name."""
    with database.cursor() as cursor:
        return _drafts(cursor, None)


def read_draft(database: Database, name: str) -> Draft | None:
    """The draft of that name, None when there is none."""
    with database.cursor() as cursor:
        return _draft(cursor, name)


def draft_edits(database: Database, name: str) -> list[StoredEdit]:
    """The whole history of a draft, the oldest edit first, also of one that is deleted."""
    with database.cursor() as cursor:
        return _edits(cursor, name)


def gone_drafts(database: Database) -> list[Gone]:
    """Every name whose draft is deleted or has another name, in the order in which they went."""
    with database.cursor() as cursor:
        return [Gone(*row) for row in cursor.execute(statement("agreement/gone_drafts")).fetchall()]


def draft_history(database: Database, name: str) -> list[StoredEdit]:
    """How a draft came to what it is, the oldest edit first: also under other names, and before it was deleted."""
    with database.read() as cursor:
        history: list[StoredEdit] = []
        lives = _lives(cursor, name)
        while lives:
            history = [*lives[-1], *history]
            first = history[0]
            given = {"name": name, "edited_at": from_microseconds(first.at).replace(tzinfo=None), "who": first.who}
            renamed = cursor.execute(statement("agreement/renamed_from"), given).fetchone()
            if renamed is None:
                lives.pop()
            else:
                (name,) = renamed
                lives = [life for life in _lives(cursor, name) if life[0].at < first.at]
        return history


def _lives(cursor: duckdb.DuckDBPyConnection, name: str) -> list[list[StoredEdit]]:
    """The edits of a name, parted where its draft was deleted or given another name."""
    lives: list[list[StoredEdit]] = [[]]
    for edit in _edits(cursor, name):
        if edit.text is None:
            lives.append([])
        else:
            lives[-1].append(edit)
    return [life for life in lives if life]


def save_draft(database: Database, name: str, text: str, now: int, by: Grant) -> None:
    """Make a text the draft of that name, whatever it was before; what it was stays in its history."""
    with database.write(by, Right.DRAFT, data=False) as cursor:
        there = _draft(cursor, name)
        if there is None or there.text != text:
            _add(cursor, name, text, now, by)


def delete_draft(database: Database, name: str, now: int, by: Grant) -> None:
    """Delete a draft; nothing when there is none of that name. Its history stays."""
    with database.write(by, Right.DRAFT, data=False) as cursor:
        if _draft(cursor, name) is not None:
            _add(cursor, name, None, now, by)


def _add(cursor: duckdb.DuckDBPyConnection, name: str, text: str | None, now: int, by: Grant) -> int:
    """Adds an edit and its audit entry; the revision's number."""
    now = after_the_last(cursor, now)
    given = {"name": name, "text": text, "edited_at": from_microseconds(now).replace(tzinfo=None), "who": by.name}
    ((revision, sha256),) = cursor.execute(statement("agreement/add_draft_edit"), given).fetchall()
    note(cursor, now, by, "edited", {"draft": name, "revision": revision, "sha256": sha256})
    return int(revision)


def _draft(cursor: duckdb.DuckDBPyConnection, name: str) -> Draft | None:
    return next(iter(_drafts(cursor, name)), None)


def _drafts(cursor: duckdb.DuckDBPyConnection, name: str | None) -> list[Draft]:
    rows = cursor.execute(statement("agreement/drafts"), {"name": name}).fetchall()
    return [
        Draft(name, text, to_microseconds(updated_at), revision, who) for name, text, updated_at, revision, who in rows
    ]


def _edits(cursor: duckdb.DuckDBPyConnection, name: str) -> list[StoredEdit]:
    return [StoredEdit(*row) for row in cursor.execute(statement("agreement/draft_edits"), {"name": name}).fetchall()]
