"""What lies beside a database for a while, and what a process that was killed has left of it."""

import os
import re
import shutil
from pathlib import Path

from lib.store.keeping.copying import remove_copying
from lib.store.keeping.place import remove_with_log

RESTORING = ".restoring"


def drops_of(path: Path) -> Path:
    """The folder for files that arrive at the database at `path`, made when missing; its owner's alone.

    Beside the database: whoever has that open may sweep it, and no other app's files are there.
    """
    folder = _drops(path)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def sweep_drops(path: Path) -> None:
    """Removes all files that arrived; before the app is there for anybody, and when it no longer is."""
    shutil.rmtree(_drops(path), ignore_errors=True)


def restoring_of(path: Path) -> Path:
    """Where a restored database is made before it takes the place of the one at `path`."""
    return path.with_name(path.name + RESTORING)


def remove_restoring(path: Path) -> None:
    """Removes what is left of a restore of the database at `path` that was not finished."""
    coming = restoring_of(path)
    remove_with_log(coming)
    remove_copying(coming)


def sweep(path: Path, backups: Path | None) -> None:
    """Removes what killed processes left of the database at `path`, and in its folder of backups, if there is one.

    Only for who has the database open and has begun nothing yet: dropped files, unfinished copies and restores,
    what DuckDB had put aside on disk, and the `.part` of whatever is written whole or not at all.
    """
    sweep_drops(path)
    remove_copying(path)
    remove_restoring(path)
    file = path.resolve()
    _sweep_spilt(path.with_name(f"{path.name}.tmp"))
    ours = rf"{re.escape(file.name)}\.app|{re.escape(path.stem)}\.before-version-[0-9]+{re.escape(path.suffix)}"
    _sweep_parts(file.parent, ours)
    if path.parent != file.parent:
        _sweep_parts(path.parent, ours)
    if backups is not None and backups.is_dir():
        made = rf"{re.escape(path.stem)}-[0-9]{{8}}T[0-9]{{6}}Z{re.escape(path.suffix)}"
        _sweep_parts(backups, made)


def _sweep_parts(folder: Path, ours: str) -> None:
    unfinished = re.compile(rf"({ours})(\.head\.json)?\.part(\.wal)?")
    for entry in folder.iterdir():
        if unfinished.fullmatch(entry.name):
            entry.unlink(missing_ok=True)


def _sweep_spilt(folder: Path) -> None:
    """What DuckDB put aside for want of memory; it would remove that itself only once it has to put aside again."""
    for entry in folder.glob("duckdb_temp_*"):
        process = re.match(r"duckdb_temp_([0-9]+)_", entry.name)
        # This process may have put something aside already.
        if process is not None and int(process[1]) != os.getpid():
            entry.unlink(missing_ok=True)


def _drops(path: Path) -> Path:
    file = path.resolve()
    return file.with_name(f"{file.name}.dropped")
