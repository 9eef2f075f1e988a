"""A backup's data in a file of our own making: nothing else of it comes along, and nothing in it is carried out."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lib.core.agreement.audit import Head, last_common
from lib.core.errors import DatabaseHeld, DatabaseRefused, Fault, NotWritten
from lib.store.composing import named, names, quoted, sql
from lib.store.keeping import heads
from lib.store.keeping.connecting import connect, copying_of
from lib.store.keeping.values import tables_of
from lib.store.refusals import log_of, refusal_on_opening
from lib.store.statements import statement

BACKUP = "backup to restore"
"""The name of the backup's copy while it is read; no database of ours is called so, having blanks."""

ANOTHER = "Name another backup."


@dataclass(frozen=True, slots=True)
class Lost:
    """What a database has had since a backup, and has no more when that takes its place.

    `common` is the number of the last audit entry that both have; `entries` are those after it, `events` those of
    hand-offs.
    """

    common: int
    entries: int
    events: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, by the `head` of its audit chain, and what went.

    `replaced` is where what was there lies now, None where nothing was; `there` its chain's head and `lost` what it had
    besides, both None where it had no chain or could not be read. `left_out` are the tables and columns of the backup
    that are none of Handshake's.
    """

    head: Head
    replaced: Path | None
    there: Head | None
    lost: Lost | None
    left_out: tuple[str, ...]


# The backup, read.


def copy_data(cursor: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Copies the rows of every table of ours from the attached backup, whose version the tables here have.

    What is left out: the backup's other tables and columns, by name. Raises DatabaseRefused where it lacks one of ours,
    or has values that do not fit; where they lie is for who asks to say.
    """
    ((own,),) = cursor.execute("select current_database()").fetchall()
    ours, theirs = _columns(cursor, own), _columns(cursor, BACKUP)
    lacking = [f"table '{table}'" for table in ours if table not in theirs]
    lacking += [
        f"column '{table}.{column}'"
        for table, columns in ours.items()
        for column in columns
        if column not in theirs.get(table, columns)
    ]
    if lacking:
        raise DatabaseRefused(Fault("", f"has no {lacking[0]}, which every database of its version has", ANOTHER))
    for table in ours:
        cursor.execute(sql("delete from {table}", table=named(table)))
    for table, columns in ours.items():
        # In the order they were made: a signature needs its proposal.
        copying = statement(
            "keeping/copy_rows", table=named(table), columns=names(columns), source=named(BACKUP, table)
        )
        try:
            cursor.execute(copying)
        except duckdb.ConstraintException as error:
            what = f"holds rows in table '{table}' that no database has ({str(error).splitlines()[0]})"
            raise DatabaseRefused(Fault("", what, ANOTHER)) from error
        except duckdb.ConversionException as error:
            what = f"holds values in table '{table}' that are not of its columns' types ({str(error).splitlines()[0]})"
            raise DatabaseRefused(Fault("", what, ANOTHER)) from error
    extra = [f"table {table}" for table in theirs if table not in ours]
    extra += [f"column {table}.{one}" for table in ours for one in theirs[table] if one not in ours[table]]
    return tuple(sorted(extra))


def version_of_backup(cursor: duckdb.DuckDBPyConnection) -> int:
    """The version the attached backup was written at; DatabaseRefused where it is no Handshake database."""
    tables = tables_of(cursor, BACKUP)
    if "migration" not in tables:
        what = "is a DuckDB file of something else" if tables else "holds nothing"
        raise DatabaseRefused(Fault("", what, ANOTHER))
    numbers = cursor.execute(statement("keeping/versions", migration=named(BACKUP, "migration"))).fetchall()
    version = len(numbers)
    if not version or [number for (number,) in numbers] != list(range(1, version + 1)):
        raise DatabaseRefused(Fault("", "does not say which version it is", ANOTHER))
    return version


@contextmanager
def attached(file: Path, coming: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A new database at `coming`, with a copy of the backup `file` attached; the backup stays as it is."""
    copying = copying_of(coming)
    for source, target in ((file, copying), (log_of(file), log_of(copying))):
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)
            target.chmod(0o600)
    connection = connect(coming)
    try:
        # Of whatever kind it says to be, no extension is looked for.
        attach = sql("attach {file} as {backup} (type duckdb)", file=quoted(str(copying)), backup=named(BACKUP))
        connection.execute(attach)
        yield connection
    finally:
        connection.close()


def _columns(cursor: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    """The columns of every table that are written down, by table; a computed one is none."""
    found: dict[str, list[str]] = {table: [] for table in tables_of(cursor, database)}
    for table, column in cursor.execute(statement("keeping/columns"), {"database": database}).fetchall():
        if table in found:
            found[table].append(column)
    return found


# What is to be replaced.


@contextmanager
def held(path: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """What lies at `path`, its log settled and kept from others; None where nothing does that can be opened.

    Raises DatabaseHeld while another process has it open.
    """
    connection = _settled(path)
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


def _settled(path: Path) -> duckdb.DuckDBPyConnection | None:
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        connection = connect(path)
    except duckdb.Error as error:
        refusal = refusal_on_opening(path, error)
        if isinstance(refusal, DatabaseHeld):
            raise refusal from error
        return None
    try:
        # All in the one file, so that one rename replaces it.
        connection.execute("checkpoint")
    except duckdb.Error as error:
        connection.close()
        if "No space left" in str(error):
            fault = Fault(str(path), "there is no space left on the disk", "Make room, then try again.")
            raise NotWritten(fault) from error
        # Whatever is wrong with it: it is about to be replaced, and kept with its log.
        return None
    return connection


def heads_there(there: duckdb.DuckDBPyConnection | None) -> Sequence[Head] | None:
    """The heads that the chain of what is there has had; None where it has none, or cannot be read."""
    if there is None:
        return None
    try:
        ((own,),) = there.execute("select current_database()").fetchall()
        if heads.TABLE not in tables_of(there, own):
            return None
        return heads.every_head(there)
    except duckdb.Error:
        # It is about to be replaced, most likely because of this.
        return None


def lost_of(
    there: duckdb.DuckDBPyConnection, had: Sequence[Head], back: duckdb.DuckDBPyConnection, has: Sequence[Head]
) -> Lost | None:
    """What is there and not in what comes back, by the heads either chain has had; None where it cannot be read."""
    common = last_common(had, has)
    there.register("event_back", back.sql("select event_id from handoff_event").to_arrow_table())
    try:
        ((events,),) = there.execute(statement("keeping/events_lost")).fetchall()
    except duckdb.Error:
        return None
    finally:
        there.unregister("event_back")
    return Lost(common, len(had) - common, events)
