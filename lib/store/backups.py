"""Copies of the database: made while people work, a number of them kept, and put back after a look inside."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.agreement.audit import Detail, Head
from lib.core.errors import DatabaseRefused, Fault, NotFound, NotWritten, Refused
from lib.core.time.clock import from_microseconds, to_microseconds
from lib.store.agreement.audit import note, proven_head
from lib.store.database import Database, open_database
from lib.store.keeping.connecting import copying_of
from lib.store.keeping.copying import PRIVATE
from lib.store.keeping.heads import beside, every_head, read_beside
from lib.store.keeping.leftovers import remove_restoring, restoring_of
from lib.store.keeping.place import flush_folder
from lib.store.keeping.restoring import (
    ANOTHER,
    Lost,
    Restored,
    attached,
    copy_data,
    heads_there,
    held,
    lost_of,
    version_of_backup,
)
from lib.store.migrating import begin_at
from lib.store.refusals import log_of, refusal_on_copying

STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Kept:
    """One backup of a folder, and the instant it was made (microseconds)."""

    path: Path
    made_at: int


def backup(database: Database, file: Path) -> None:
    """Writes the database as it is now into a new file; people may go on working.

    Raises NotWritten where there is such a file already, no such folder, or the
    disk takes no more; then there is no file, or the one that was there.
    """
    if not file.parent.is_dir():
        raise NotWritten(Fault(str(file), f"there is no folder '{file.parent}'", "Create it, or name another."))
    if file.exists():
        raise NotWritten(Fault(str(file), "is there already", "Name a file that is not; nothing was overwritten."))
    database.copy_to(file)


def backup_into(database: Database, folder: Path, keep: int, now: int) -> Path:
    """A backup in `folder`, made when missing and named by the instant `now`; then only the newest `keep` stay."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot be made ({error.strerror})"
        raise NotWritten(Fault(str(folder), what, "Name another folder in app.yaml.")) from error
    file = folder / f"{database.path.stem}-{from_microseconds(now):{STAMP}}{database.path.suffix}"
    database.copy_to(file)
    for old in kept_in(folder, database.path)[keep:]:
        old.path.unlink(missing_ok=True)
        beside(old.path).unlink(missing_ok=True)
    return file


def folder_of(database: Path, folder: str) -> Path:
    """Where a folder of backups lies that is named from the database's folder."""
    return database.parent / folder


def kept_in(folder: Path, database: Path) -> list[Kept]:
    """The backups of that database in a folder, the newest first; files of other names are none."""
    named = re.compile(rf"{re.escape(database.stem)}-([0-9]{{8}}T[0-9]{{6}}Z){re.escape(database.suffix)}")
    found = []
    for path in folder.glob(f"*{database.suffix}"):
        stamp = named.fullmatch(path.name)
        if stamp:
            made_at = datetime.strptime(stamp[1], STAMP).replace(tzinfo=UTC)
            found.append(Kept(path, to_microseconds(made_at)))
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def restore(file: Path, path: Path, now: int, by: Grant) -> Restored:
    """Puts the data of a backup in the place of the database at `path`; what came back, and what went.

    Every value of the backup is read into a file of our own making, at the version it was written at; that is
    brought up to this code's version, read again and verified, and its audit chain says that it was restored, and what
    went. Views, macros, triggers, and tables that are none of ours do not come along. Until all that is done, and if
    anything fails, the database stays as it is. Raises DatabaseRefused for a backup that does not hold, or whose chain
    does not end where the file beside it says, DatabaseHeld while another process has the database open, NotWritten
    where the disk takes no more.
    """
    if not file.is_file():
        raise NotFound(Fault(str(file), "there is no such file", "Name a file that `backup` wrote."))
    if path.exists() and file.samefile(path):
        raise DatabaseRefused(Fault(str(file), "is the database itself", "Name a file that `backup` wrote."))
    if not path.parent.is_dir():
        raise DatabaseRefused(Fault(str(path), f"there is no folder '{path.parent}'", "Create it first."))
    coming = restoring_of(path)
    try:
        # Kept from others until the backup is there: an app that started meanwhile would go on with what was replaced.
        with held(path) as there:
            remove_restoring(path)
            with _said_of(file, coming):
                left_out = _data_of(file, coming, now)
                head, there_ended, lost = _look_inside(coming, file, there, now, by)
            coming.chmod(path.stat().st_mode if path.exists() else PRIVATE)
            replaced = _set_aside(path, now)
            coming.replace(path)
            flush_folder(path.parent)
    except OSError as error:
        what = f"could not be put in the place of '{path}' ({error.strerror})"
        raise NotWritten(Fault(str(file), what, "See to the disk. The database is as it was.")) from error
    finally:
        remove_restoring(path)
    return Restored(head, replaced, there_ended, lost, left_out)


@contextmanager
def _said_of(file: Path, coming: Path) -> Iterator[None]:
    """What is refused of the copy is said of the backup, with the way out of who restores."""
    try:
        try:
            yield
        except duckdb.Error as error:
            raise refusal_on_copying(file, coming, error) from error
    except NotWritten:
        raise
    except Refused as refused:
        ours = ("", str(coming), str(copying_of(coming)), str(file))
        faults = [
            Fault(str(file) if fault.where in ours else f"{file}, {fault.where}", fault.what, ANOTHER)
            for fault in refused.faults
        ]
        raise DatabaseRefused(faults) from refused


def _data_of(file: Path, coming: Path, now: int) -> tuple[str, ...]:
    """A new database at `coming`, of the backup's version and with its data; what was left out."""
    if file.stat().st_size == 0:
        raise DatabaseRefused(Fault("", "is empty", ANOTHER))
    with attached(file, coming) as connection:
        begin_at(connection, version_of_backup(connection), now)
        return copy_data(connection)


def _look_inside(
    coming: Path, file: Path, there: duckdb.DuckDBPyConnection | None, now: int, by: Grant
) -> tuple[Head, Head | None, Lost | None]:
    """The head of what comes back, that of what is there, and what goes; all of it noted in the chain that comes back.

    Refuses what does not hold, or does not end where the file beside the backup says.
    """
    database = open_database(coming, first_definition=None, clock=now, copy_first=False)
    try:
        head = proven_head(database, None)
        said = read_beside(file)
        if said is not None and said != head:
            what = f"ends its audit chain at {head}; `{beside(file).name}` says {said}"
            raise DatabaseRefused(Fault("", what, ANOTHER))
        had = heads_there(there)
        with database.write(by, Right.OPERATE) as cursor:
            lost = None if there is None or had is None else lost_of(there, had, cursor, every_head(cursor))
            there_ended = had[-1] if had else None
            note(cursor, now, by, "restored", _in_words(file, head, there_ended, lost))
    finally:
        database.close()
    return head, there_ended, lost


def _in_words(file: Path, head: Head, there: Head | None, lost: Lost | None) -> Detail:
    return {
        "file": file.name,
        "entry": head.number,
        "sha256": head.sha256,
        "replaced_entry": None if there is None else there.number,
        "replaced_sha256": None if there is None else there.sha256,
        "lost_entries": None if lost is None else lost.entries,
        "lost_events": None if lost is None else lost.events,
    }


def _set_aside(path: Path, now: int) -> Path | None:
    """A second name for the database file that is to be replaced, and for its log; None where there is neither."""
    if not path.exists() and not log_of(path).exists():
        return None
    stamp = f"{from_microseconds(now):{STAMP}}"
    aside = path.with_name(f"{path.stem}.replaced-{stamp}{path.suffix}")
    number = 2
    while aside.exists():
        aside, number = path.with_name(f"{path.stem}.replaced-{stamp}-{number}{path.suffix}"), number + 1
    if path.exists():
        # Not renamed: whatever happens before the backup takes its place, a database is there.
        os.link(path, aside)
    if log_of(path).exists():
        # Only of a database that could not be opened; it must not be taken for the log of the backup.
        log_of(path).replace(log_of(aside))
    return aside
