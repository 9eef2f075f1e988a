"""What DuckDB and the disk refuse, said in words: where, what, and the way out."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from lib.core.errors import DatabaseHeld, DatabaseRefused, Fault, NotWritten, Refused


def log_of(path: Path) -> Path:
    """The write-ahead log that belongs to a database file while it holds changes the file does not have yet."""
    return path.with_name(path.name + ".wal")


RESTORE = "Put a backup in its place with `python -m lib restore FILE`, which keeps this file beside it"


def check_place(path: Path) -> None:
    """Refuses what DuckDB would refuse in its own words, or would take for a reason to begin a new database."""
    where, folder, log = str(path), path.parent, log_of(path)
    if not folder.is_dir():
        raise DatabaseRefused(Fault(where, f"there is no folder '{folder}'", "Create it, or give another --db."))
    if path.is_dir():
        raise DatabaseRefused(Fault(where, "is a folder", "Name a file in it."))
    if not path.exists() and log.exists():
        what = f"is missing, though its log '{log.name}' is there"
        raise DatabaseRefused(Fault(where, what, f"Put the file back beside its log. {RESTORE.split(', which')[0]}."))
    if path.exists() and path.stat().st_size == 0:
        raise DatabaseRefused(Fault(where, "is empty", f"{RESTORE}; or remove it to begin a new database."))
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        remedy = "Give this user the right to read and write it (`chmod u+rw`), or run as the user it belongs to."
        raise DatabaseRefused(Fault(where, "may not be read and written by this user", remedy))
    if not os.access(folder, os.W_OK | os.X_OK):
        remedy = "Give this user the right to write there: changes are written into a log beside the database first."
        raise DatabaseRefused(Fault(where, f"nothing may be written in its folder '{folder}'", remedy))


def refusal_on_opening(path: Path, error: duckdb.Error) -> DatabaseRefused:
    """What DuckDB said while it was asked to open a file, for a person: where, what, and the way out."""
    where, message = str(path), str(error)
    if "Could not set lock" in message:
        holder = re.search(r"PID (\d+)", message)
        who = f"process {holder.group(1)}" if holder else "another process"
        fault = Fault(where, f"{who} has this database open", "Wait until it is done, or stop it.")
        return DatabaseHeld(fault, int(holder.group(1)) if holder else None)
    if "not a valid DuckDB database file" in message or "Failed to download extension" in message:
        return DatabaseRefused(Fault(where, "is not a Handshake database", "Give another --db, or move the file away."))
    first_line = message.splitlines()[0]
    if "No space left" in message or "Permission denied" in message:
        return DatabaseRefused(Fault(where, f"cannot be opened ({first_line})", "Mend that, and try again."))
    damaged = "is damaged and " if _is_damage(error) else ""
    return DatabaseRefused(Fault(where, f"{damaged}cannot be opened ({first_line})", f"{RESTORE}."))


def refusal_on_copying(source: Path, target: Path, error: duckdb.Error) -> Refused:
    """What DuckDB said while one file was read into another: is it the one that is read, or the disk of the other?"""
    reading = refusal_on_opening(source, error)
    writing = _fault_on_writing(target, error)
    if writing is None or _is_damage(error) or "not a valid DuckDB database file" in str(error):
        return reading
    return NotWritten(writing)


def _is_damage(error: duckdb.Error) -> bool:
    told = ("Corrupt database file", "Could not read enough bytes")
    return isinstance(error, duckdb.SerializationException) or any(words in str(error) for words in told)


@contextmanager
def damage_said_plainly(path: Path) -> Iterator[None]:
    """Raises DatabaseRefused where DuckDB finds that the file does not hold what it wrote there."""
    try:
        yield
    except duckdb.Error as error:
        if not _is_damage(error):
            raise
        what = f"is damaged ({str(error).splitlines()[0]})"
        raise DatabaseRefused(Fault(str(path), what, f"Stop the app. {RESTORE}.")) from error


@contextmanager
def failure_said_plainly(path: Path, *kinds: type[Exception]) -> Iterator[None]:
    """Raises NotWritten for an error of these kinds that says the disk, not the change, is at fault."""
    try:
        yield
    except kinds as error:
        fault = _fault_on_writing(path, error)
        if fault is None:
            raise
        raise NotWritten(fault) from error


def _fault_on_writing(path: Path, error: Exception) -> Fault | None:
    where, message = str(path), str(error)
    if "No space left" in message or "Disk quota exceeded" in message:
        return Fault(where, "there is no space left on the disk", "Make room, then try again. Nothing was changed.")
    if isinstance(error, duckdb.FatalException):
        what = "the database closed itself after a fault of the disk"
        return Fault(where, what, "Stop the app, see that the disk is well, and start it again. Nothing was changed.")
    if isinstance(error, duckdb.OutOfMemoryException):
        what = "the change needs more memory, or more room for its working files, than it may use"
        return Fault(where, what, "Import fewer files at once, or make room on the disk. Nothing was changed.")
    if isinstance(error, duckdb.IOException | OSError) or "Failed to commit: Could not" in message:
        first_line = message.splitlines()[0].removeprefix("TransactionContext Error: ").removeprefix("IO Error: ")
        return Fault(where, f"it could not be written ({first_line})", "See to the disk. Nothing was changed.")
    return None
