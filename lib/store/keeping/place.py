"""A database's file among others: is it still the one that was opened, and is what was done to it on disk?"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from lib.core.errors import DatabaseMoved, Fault
from lib.store.refusals import log_of


@dataclass(frozen=True, slots=True)
class Place:
    """Which file lay at a path when a database was opened there: its device and its number on it."""

    path: Path
    file: tuple[int, int]

    @classmethod
    def of(cls, path: Path) -> "Place":
        # Whole: the folder this process works in may change.
        at = path.absolute()
        return cls(at, _file_at(at))

    def still_holds(self) -> None:
        """Nothing where the same file lies there; DatabaseMoved where another does, or none."""
        try:
            there = _file_at(self.path)
        except OSError as error:
            what = f"is not there any more ({error.strerror}): it was moved or removed while it was open"
            remedy = "Stop the app, put the file back, and start it again. Nothing was changed."
            raise DatabaseMoved(Fault(str(self.path), what, remedy)) from error
        if there != self.file:
            what = "is another file than the one that is open: it was replaced while it was in use"
            remedy = "Start the app again to go on with what is there now. Nothing was changed."
            raise DatabaseMoved(Fault(str(self.path), what, remedy))


def _file_at(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


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
