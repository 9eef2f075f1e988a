"""A database brought up to this code's version, whole or not at all."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from lib.core.errors import DatabaseRefused, Fault
from lib.core.time.clock import from_microseconds
from lib.store.statements import script, statement

if TYPE_CHECKING:
    from lib.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: "Database", first_definition: str | None, clock: int, *, copy_first: bool) -> None:
    """Brings a database up to this code's version whole, or leaves it as it was; a copy is made of an older one first
    unless `copy_first` is False. DatabaseRefused as `open_database` says."""
    migrations = _migrations()
    with database.read() as cursor:
        tables = {name for (name,) in cursor.execute("select table_name from duckdb_tables()").fetchall()}
        applied = cursor.execute("select number from migration").fetchall() if "migration" in tables else []
    if tables and "migration" not in tables:
        where = str(database.path)
        raise DatabaseRefused(
            Fault(where, "is a DuckDB file of something else", "Give another --db, or move the file away.")
        )
    version = max((number for (number,) in applied), default=0)
    if not version and first_definition is None:
        raise DatabaseRefused(Fault(str(database.path), "holds nothing", "Name a Handshake database."))
    newest = len(migrations)
    if version > newest:
        raise DatabaseRefused(Fault(str(database.path), *_too_new(version, newest)))
    if version == newest:
        return
    kept = before_version(database.path, newest) if version and copy_first else None
    if kept:
        database.copy_to(kept)
    try:
        # All or none: a database between two versions would fit no code.
        with database.maintain() as cursor:
            for number, migration in enumerate(migrations, start=1):
                if number > version:
                    _apply(cursor, number, migration, first_definition or "", clock)
    except duckdb.Error as error:
        what = f"could not be brought from version {version} to {newest} ({str(error).splitlines()[0]})"
        beside = f", and '{kept.name}' is a copy of it" if kept else ""
        remedy = f"It is as it was{beside}. Go back to the code you had, and report this."
        raise DatabaseRefused(Fault(str(database.path), what, remedy)) from error


def begin_at(cursor: duckdb.DuckDBPyConnection, version: int, clock: int) -> None:
    """Makes the tables that databases of that version have, in a file that has none; what the migrations put in stays.

    Raises DatabaseRefused where this code does not know the version; where it was written is for who asks to say.
    """
    migrations = _migrations()
    if version > len(migrations):
        raise DatabaseRefused(Fault("", *_too_new(version, len(migrations))))
    for number, migration in enumerate(migrations[:version], start=1):
        _apply(cursor, number, migration, "", clock)


def before_version(path: Path, version: int) -> Path:
    """Where the copy of a database lies that was made before it was brought up to that version."""
    return path.with_name(f"{path.stem}.before-version-{version}{path.suffix}")


def _migrations() -> list[Path]:
    return sorted(MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def _too_new(version: int, known: int) -> tuple[str, str]:
    what = f"was written by a newer Handshake (version {version}; this one knows {known})"
    return what, "Update the code, or restore an older backup."


def _apply(cursor: duckdb.DuckDBPyConnection, number: int, migration: Path, first_definition: str, clock: int) -> None:
    now = from_microseconds(clock).replace(tzinfo=None)
    cursor.execute("create table if not exists migration (number integer primary key, applied_at timestamp)")
    cursor.execute(script(migration))
    cursor.execute("insert into migration values (?, ?)", [number, now])
    if number == 1:
        sha256 = hashlib.sha256(first_definition.encode()).hexdigest()
        given = {"text": first_definition, "sha256": sha256, "now": now}
        cursor.execute(statement("agreement/add_first_version"), given)
