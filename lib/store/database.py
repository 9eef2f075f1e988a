"""The database file: open, migrate, a fresh cursor for every query, one writer at a time."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import duckdb

from lib.core.clock import from_microseconds
from lib.core.errors import DatabaseRefused, Fault
from lib.store.statements import statement

MIGRATIONS = Path(__file__).parent / "migrations"

MEMORY_LIMIT = "1500MB"
"""DuckDB's share of the 2 GB the app may use; beyond it, DuckDB works on disk."""

_SETTINGS = {
    "memory_limit": MEMORY_LIMIT,
    # Nothing is downloaded: icu, json and parquet are built in and no other extension is used.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class Database:
    """One open database file. Threads may share it; a cursor belongs to one query."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, *, fresh: bool) -> None:
        self.path = path
        self.fresh = fresh
        """True when opening it created the file."""
        self._connection = connection
        self._writing = Lock()
        self._generation = 0

    @property
    def generation(self) -> int:
        """A number that grows with every committed change of data; what was computed under a smaller one is stale."""
        return self._generation

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one query. Two threads on one cursor would get each other's rows."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose queries all see the same state, whatever is written meanwhile."""
        with self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            finally:
                cursor.rollback()

    @contextmanager
    def write(self, *, data: bool = True, keep: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose changes all happen or none do. One writer at a time.

        `data` False: the change concerns no lead, activity or event, and caches of
        them stay good. `keep` False: a rehearsal, rolled back at the end.
        """
        with self._writing, self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            except BaseException:
                # After a failed statement `commit` would return normally and keep nothing.
                cursor.rollback()
                raise
            if not keep:
                cursor.rollback()
                return
            cursor.commit()
            if data:
                self._generation += 1

    def close(self) -> None:
        self._connection.close()


def open_database(path: Path, *, first_definition: str, clock: int) -> Database:
    """The database at `path`, created when missing and brought up to this code's version.

    `first_definition` becomes version 1 of a new database, created at `clock`
    (microseconds since 1970 UTC). Raises DatabaseRefused when the folder is
    missing, another process holds the file, or the file is damaged, is no
    Handshake database, or was written by newer code.
    """
    if not path.parent.is_dir():
        raise DatabaseRefused(
            Fault(str(path), f"there is no folder '{path.parent}'", "Create it, or give another --db.")
        )
    if path.is_dir():
        raise DatabaseRefused(Fault(str(path), "is a folder", "Name a file in it."))
    fresh = not path.exists()
    try:
        connection = duckdb.connect(str(path), config=dict(_SETTINGS))
    except duckdb.Error as error:
        raise DatabaseRefused(_fault_on_opening(path, str(error))) from error
    database = Database(path, connection, fresh=fresh)
    try:
        connection.execute("set global TimeZone = 'UTC'")
        _migrate(database, first_definition, clock)
        with database.write(data=False) as cursor:
            cursor.execute(statement("guards"))
    except duckdb.Error as error:
        _close(database, discard=fresh)
        raise DatabaseRefused(_fault_on_opening(path, str(error))) from error
    except BaseException:
        _close(database, discard=fresh)
        raise
    return database


@contextmanager
def opened(path: Path, *, first_definition: str, clock: int, keep_new: bool = True) -> Iterator[Database]:
    """`open_database` for one piece of work, closed after it.

    A database this created is removed again when the work fails, or when
    `keep_new` is False: what is refused or only rehearsed leaves no file behind.
    """
    database = open_database(path, first_definition=first_definition, clock=clock)
    done = False
    try:
        yield database
        done = True
    finally:
        _close(database, discard=database.fresh and not (done and keep_new))


def insert(
    cursor: duckdb.DuckDBPyConnection, into: str, query: str, parameters: dict[str, int | str] | None = None
) -> int:
    """Inserts the rows of a query `into` a table (and its columns in brackets, if not all); how many.

    Bulk inserts go through here because of DuckDB 2.0.0: after an `insert … select`
    of no row into an empty table, more than a row group (122,880 rows) inserted in
    the same transaction cannot be seen by most queries until the file is opened again.
    """
    given = parameters or {}
    if not cursor.execute(f"select 1 from ({query}) limit 1", given).fetchall():
        return 0
    inserted: int = cursor.execute(f"insert into {into} {query}", given).fetchall()[0][0]
    return inserted


def _close(database: Database, *, discard: bool) -> None:
    database.close()
    if discard:
        database.path.unlink(missing_ok=True)
        database.path.with_name(database.path.name + ".wal").unlink(missing_ok=True)


def _fault_on_opening(path: Path, message: str) -> Fault:
    if "Could not set lock" in message:
        holder = re.search(r"PID (\d+)", message)
        who = f"process {holder.group(1)}" if holder else "another process"
        return Fault(str(path), f"{who} has this database open", "Stop it (most likely the app), or use its page.")
    if "not a valid DuckDB database file" in message or "Failed to download extension" in message:
        return Fault(str(path), "is not a Handshake database", "Give another --db, or move the file away.")
    first_line = message.splitlines()[0]
    return Fault(str(path), f"cannot be opened ({first_line})", "Restore a backup, or give another --db.")


def _migrate(database: Database, first_definition: str, clock: int) -> None:
    migrations = sorted(MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    with database.read() as cursor:
        tables = {name for (name,) in cursor.execute("select table_name from duckdb_tables()").fetchall()}
        applied = cursor.execute("select number from migration").fetchall() if "migration" in tables else []
    if tables and "migration" not in tables:
        where = str(database.path)
        raise DatabaseRefused(
            Fault(where, "is a DuckDB file of something else", "Give another --db, or move the file away.")
        )
    version = max((number for (number,) in applied), default=0)
    if version > len(migrations):
        what = f"was written by a newer Handshake (version {version}; this one knows {len(migrations)})"
        raise DatabaseRefused(Fault(str(database.path), what, "Update the code, or restore an older backup."))
    now = from_microseconds(clock).replace(tzinfo=None)
    for number, migration in enumerate(migrations, start=1):
        if number <= version:
            continue
        with database.write() as cursor:
            cursor.execute("create table if not exists migration (number integer primary key, applied_at timestamp)")
            cursor.execute(migration.read_text(encoding="utf-8"))
            cursor.execute("insert into migration values (?, ?)", [number, now])
            if number == 1:
                sha256 = hashlib.sha256(first_definition.encode()).hexdigest()
                cursor.execute(
                    # In force since ever: data older than the database is judged by it too.
                    "insert into definition_version values (1, ?, ?, 'agreed', ?, timestamp '1970-01-01')",
                    [first_definition, sha256, now],
                )
