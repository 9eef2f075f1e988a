"""One connection of this process to a database file, with the settings that every one has."""

import time
from pathlib import Path

import duckdb

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


def connected(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to the file, which is made where there is none. Raises DuckDB's own errors."""
    connection = duckdb.connect(str(path), config=dict(_SETTINGS))
    try:
        connection.execute("set global TimeZone = 'UTC'")
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
            return connected(path)
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
