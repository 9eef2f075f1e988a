"""Drafts of the definition, saved under a name."""

from dataclasses import dataclass

from lib.core.clock import from_microseconds, to_microseconds
from lib.store.database import Database
from lib.store.statements import statement


@dataclass(frozen=True)
class Draft:
    """A saved draft: its YAML, and when it was last saved (microseconds since 1970 UTC)."""

    name: str
    text: str
    updated_at: int


def list_drafts(database: Database) -> list[Draft]:
    """Every saved draft, by name."""
    return _drafts(database, None)


def read_draft(database: Database, name: str) -> Draft | None:
    """The draft of that name, None when there is none."""
    return next(iter(_drafts(database, name)), None)


def save_draft(database: Database, name: str, text: str, now: int) -> None:
    """Save a draft under a name, in the place of any it had before."""
    given = {"name": name, "text": text, "updated_at": from_microseconds(now).replace(tzinfo=None)}
    with database.write(data=False) as cursor:
        cursor.execute(statement("save_draft"), given)


def delete_draft(database: Database, name: str) -> None:
    """Delete a draft; nothing when there is none of that name."""
    with database.write(data=False) as cursor:
        cursor.execute(statement("delete_draft"), {"name": name})


def _drafts(database: Database, name: str | None) -> list[Draft]:
    with database.cursor() as cursor:
        rows = cursor.execute(statement("drafts"), {"name": name}).fetchall()
    return [Draft(name, text, to_microseconds(updated_at)) for name, text, updated_at in rows]
