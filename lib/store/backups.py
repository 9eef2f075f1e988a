"""Copies of the database: made while people work, a number of them kept, and put back after a look inside."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from lib.core.errors import DatabaseHeld, DatabaseRefused, Fault, NotFound, NotWritten, Refused
from lib.core.time.clock import from_microseconds, to_microseconds
from lib.store.agreement.audit import note, verify
from lib.store.copying import flush_folder
from lib.store.database import Database, open_database
from lib.store.refusals import log_of, refusal_on_opening

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


def restore(file: Path, path: Path, now: int) -> Path | None:
    """Puts a backup in the place of the database at `path`; where what it replaced lies now, if there was any.

    A copy of the backup is opened, brought up to this code's version and
    verified first; its audit chain says that it was restored. Until then, and if
    anything fails, the database stays as it is. Raises DatabaseRefused for a backup that does not hold,
    DatabaseHeld while another process has the database open, NotWritten where the disk takes no more.
    """
    if not file.is_file():
        raise NotFound(Fault(str(file), "there is no such file", "Name a file that `backup` wrote."))
    if path.exists() and file.samefile(path):
        raise DatabaseRefused(Fault(str(file), "is the database itself", "Name a file that `backup` wrote."))
    if not path.parent.is_dir():
        raise DatabaseRefused(Fault(str(path), f"there is no folder '{path.parent}'", "Create it first."))
    _settle(path)
    coming = path.with_name(path.name + ".restoring")
    try:
        _copy(file, coming)
        _look_inside(coming, file, now)
        coming.chmod((path if path.exists() else file).stat().st_mode)
        replaced = _set_aside(path, now)
        coming.replace(path)
        flush_folder(path.parent)
    except OSError as error:
        what = f"could not be put in the place of '{path}' ({error.strerror})"
        raise NotWritten(Fault(str(file), what, "See to the disk. The database is as it was.")) from error
    finally:
        coming.unlink(missing_ok=True)
        log_of(coming).unlink(missing_ok=True)
    return replaced


def _settle(path: Path) -> None:
    """Has all the database holds in its one file, so that one rename replaces it; a damaged one stays as it is."""
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        duckdb.connect(str(path)).close()
    except duckdb.Error as error:
        refusal = refusal_on_opening(path, error)
        if isinstance(refusal, DatabaseHeld):
            raise refusal from error


def _copy(file: Path, coming: Path) -> None:
    for source, target in ((file, coming), (log_of(file), log_of(coming))):
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)
            target.chmod(0o600)


def _look_inside(coming: Path, file: Path, now: int) -> None:
    """Refuses a copy that cannot be opened or does not hold; else notes in it that it was restored."""
    try:
        database = open_database(coming, first_definition=None, clock=now, copy_first=False)
        try:
            verify(database)
            with database.write() as cursor:
                note(cursor, now, "restore", "restored", {"file": file.name})
        finally:
            database.close()
    except NotWritten:
        raise
    except Refused as refused:
        faults = [
            Fault(
                f"{file}{'' if fault.where == str(coming) else f', {fault.where}'}", fault.what, "Name another backup."
            )
            for fault in refused.faults
        ]
        raise DatabaseRefused(faults) from refused


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
