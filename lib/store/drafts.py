"""Drafts of the definition, shared under a name: every edit is kept, and none replaces what its author has not seen."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from lib.core.clock import from_microseconds, to_microseconds
from lib.core.errors import Fault, NotFound, Refused
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


@dataclass(frozen=True)
class Edit:
    """One revision of a draft, numbered from 1 (0: from before the history was kept); `text` None: deleted then."""

    revision: int
    at: int
    who: str
    text: str | None


class StaleDraft(Refused):
    """The draft was changed or deleted since it was last seen."""


Merge = Callable[[str, str, str], str]
"""Joins two edits of one text: (base, theirs, mine) to the text of both, or Refused."""


def draft_edits(database: Database, name: str) -> list[Edit]:
    """The whole history of a draft, the oldest edit first, also of one that is deleted."""
    with database.cursor() as cursor:
        return _edits(cursor, name)


def draft_history(database: Database, name: str) -> list[Edit]:
    """How a draft came to what it is, the oldest edit first, also from when it had another name.

    What a deleted draft of the same name once was is not of it.
    """
    with database.read() as cursor:
        history = _since_deleted(_edits(cursor, name))
        first = history[0] if history else None
        while first is not None:
            given = {"name": name, "edited_at": from_microseconds(first.at).replace(tzinfo=None), "who": first.who}
            found = cursor.execute(statement("renamed_from"), given).fetchall()
            if not found:
                break
            name = found[0][0]
            earlier = _since_deleted([edit for edit in _edits(cursor, name) if edit.at < first.at])
            history = [*earlier, *history]
            first = earlier[0] if earlier else None
        return history


def _since_deleted(edits: list[Edit]) -> list[Edit]:
    deleted = [number for number, edit in enumerate(edits) if edit.text is None]
    return edits[deleted[-1] + 1 :] if deleted else edits


def edit_draft(
    database: Database, name: str, text: str, now: int, who: str, *, seen: int | None, merge: Merge
) -> Draft:
    """Adds what its author changed to a draft: the draft as it is then.

    `seen` is the revision that `text` was made from, None for a new draft. Where
    others have changed the draft since, `merge` joins the edits; what it refuses is
    not done, and the author has to choose. Raises StaleDraft where the draft is
    deleted, or a new draft's name is taken.
    """
    with database.write(data=False) as cursor:
        there = _draft(cursor, name)
        if seen is None and there is not None:
            raise StaleDraft(Fault(f"draft {name}", f"{there.who} has made one of this name", "Take another name."))
        if seen is not None:
            base = _revision(cursor, name, seen)
            if there is None:
                raise StaleDraft(Fault(f"draft {name}", "somebody has deleted it", "Save yours under another name."))
            if there.revision != seen:
                text = merge(base, there.text, text)
        if there is None or there.text != text:
            _add(cursor, name, text, now, who)
        return _there(cursor, name)


def undo_to(database: Database, name: str, revision: int, now: int, who: str, *, seen: int) -> Draft:
    """Makes a draft what it was at a revision: an edit like any other, which can be undone itself.

    Anybody may, and a deleted draft comes back so. `seen` is the newest revision
    they have seen: StaleDraft where somebody has changed the draft since, NotFound
    where there is no such revision, or the draft was deleted by it.
    """
    with database.write(data=False) as cursor:
        text = _revision(cursor, name, revision)
        newest = _edits(cursor, name)[-1]
        if newest.revision != seen:
            what = f"{newest.who} has changed it since you looked"
            raise StaleDraft(Fault(f"draft {name}", what, "Look at what it is now, and undo then."))
        if newest.text != text:
            _add(cursor, name, text, now, who)
        return _there(cursor, name)


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


def _there(cursor: duckdb.DuckDBPyConnection, name: str) -> Draft:
    (draft,) = _drafts(cursor, name)
    return draft


def _edits(cursor: duckdb.DuckDBPyConnection, name: str) -> list[Edit]:
    return [Edit(*row) for row in cursor.execute(statement("draft_edits"), {"name": name}).fetchall()]


def _revision(cursor: duckdb.DuckDBPyConnection, name: str, revision: int) -> str:
    """The text of a revision; NotFound where there is none."""
    text = next((edit.text for edit in _edits(cursor, name) if edit.revision == revision), None)
    if text is None:
        raise NotFound(Fault(f"draft {name}, revision {revision}", "there is no such text", "Reload the page."))
    return text
