"""How a database file is opened: with its own files and no other, and settings that nothing in it can change."""

from pathlib import Path

import duckdb

from lib.store.composing import listed, quoted, sql

MEMORY_LIMIT = "1000MB"
"""DuckDB's share of the 2 GB the app may use; beyond it, DuckDB works on disk."""

_SETTINGS = {
    "memory_limit": MEMORY_LIMIT,
    # Nothing is downloaded: icu, json and parquet are built in and no other extension is used.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

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
    except BaseException:
        connection.close()
        raise
    return connection


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
