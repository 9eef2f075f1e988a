"""A database's file among others: what was done to it is on disk, and its owner's alone."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import duckdb

from lib.store.refusals import log_of


def flush_folder(folder: Path) -> None:
    """Has the names of the files in a folder on disk: a renamed file stays renamed when the power fails."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def new_private(path: Path) -> BinaryIO:
    """A new file in the place of any of that name, its owner's alone from its first instant."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def remove_with_log(path: Path) -> None:
    """Removes a database file and its log, where they are there."""
    path.unlink(missing_ok=True)
    log_of(path).unlink(missing_ok=True)


def roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    """Takes back what was begun; the fault that led here is raised by the caller."""
    # A failed commit has rolled back already.
    with suppress(duckdb.TransactionException):
        cursor.rollback()
