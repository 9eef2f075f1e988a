"""How a database file is opened: with its own files and no other, and settings that nothing in it can change."""

import time
from pathlib import Path

import duckdb

from lib.store.composing import listed, quoted, sql
from lib.store.folding import teach_folding
from lib.store.refusals import log_of

MEMORY_LIMIT = "1000MB"
"""DuckDB's share of the 2 GB the app may use; beyond it, DuckDB works on disk."""

_SETTINGS = {
    "memory_limit": MEMORY_LIMIT,
    # Nothing is downloaded: icu, json and parquet are built in and no other extension is used.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

LOCK_SECONDS = 60.0
"""So long a file that was let go of for a moment is waited for: a command may have taken it meanwhile."""

BESIDE = ("", ".wal", ".wal.checkpoint", ".wal.recovery")
"""The ends of the names DuckDB gives what it writes of one database: the file, its log, and those of a checkpoint."""


def copying_of(path: Path) -> Path:
    """Where a database is copied to before the copy takes its name: beside the file itself, whatever links lead there.

    The one file besides its own that whoever asks the database can reach.
    """
    file = path.resolve()
    return file.with_name(f"{file.name}.copying")


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Opens the file at `path`, created when missing, as DuckDB does: raises what DuckDB raises.

    Whatever a view or a macro in it says, no other file is read or written, nothing
    is loaded, and no setting changes; instants are UTC.
    """
    connection = duckdb.connect(str(path), config=dict(_SETTINGS))
    try:
        _lock(connection, copying_of(path))
        teach_folding(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connected_again(path: Path) -> duckdb.DuckDBPyConnection:
    """The same, to a file this process has just let go of; where another process took it, once that is done."""
    until = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return connect(path)
        except duckdb.IOException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def is_open_elsewhere(path: Path) -> bool:
    """Does anything else have a file open that this process has just let go of, whole and without a log?"""
    if log_of(path).exists():
        return True
    try:
        # DuckDB gives a process one database a file, and refuses it under other settings.
        duckdb.connect(str(path), read_only=True).close()
    except duckdb.Error:
        return True
    return False


def connect_in_memory() -> duckdb.DuckDBPyConnection:
    """A database that is gone when it is closed, and that reads and writes no file."""
    connection = duckdb.connect(":memory:", config=dict(_SETTINGS))
    _lock(connection, None)
    return connection


def _lock(connection: duckdb.DuckDBPyConnection, copying: Path | None) -> None:
    if connection.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
        # This process has the same file open already.
        return
    connection.execute("set global TimeZone = 'UTC'")
    if copying is not None:
        own = listed(quoted(f"{copying}{end}") for end in BESIDE)
        # Before the doors close: afterwards this cannot be set.
        connection.execute(sql("set global allowed_paths = [{own}]", own=own))
    connection.execute("set global enable_external_access = false")
    connection.execute("set global lock_configuration = true")
