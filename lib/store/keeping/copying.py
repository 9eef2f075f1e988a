"""A copy of an open database: of one instant, read back to the last value, and only then there."""

import errno
import filecmp
import os
import shutil
from pathlib import Path

import duckdb

from lib.core.agreement.audit import Head
from lib.core.errors import DatabaseRefused, Fault
from lib.store.composing import named, quoted, sql
from lib.store.keeping import heads
from lib.store.keeping.connecting import BESIDE, copying_of
from lib.store.keeping.place import flush_folder, new_private, roll_back
from lib.store.keeping.values import Values, read_every_value
from lib.store.refusals import failure_said_plainly

PRIVATE = 0o600


def copy_out(cursor: duckdb.DuckDBPyConnection, path: Path, target: Path) -> None:
    """Writes the database at `path`, which `cursor` asks, into the file `target`, and its chain's head beside that.

    It is written beside the database first: no other place can be reached from it (docs/decisions/0041). Raises
    NotWritten where it cannot be written, DatabaseRefused where it does not read back as it was; then
    there is no file, or the one that was there.
    """
    copying = copying_of(path)
    try:
        head = _copied(cursor, path, copying)
        with failure_said_plainly(target, OSError):
            _put(copying, target, head)
    finally:
        remove_copying(path)


def copy_beside(cursor: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """The same beside the database, where the copy stays until `remove_copying`; texts that were deleted or changed
    since are not in it."""
    copying = copying_of(path)
    _copied(cursor, path, copying)
    return copying


def remove_copying(path: Path) -> None:
    """Removes what is left of a copy of the database at `path` that was not finished."""
    copying = copying_of(path)
    for end in BESIDE:
        copying.with_name(copying.name + end).unlink(missing_ok=True)


def _copied(cursor: duckdb.DuckDBPyConnection, path: Path, copying: Path) -> Head | None:
    """Writes the copy and reads it back; the head of its chain, if it has one."""
    with failure_said_plainly(copying, duckdb.Error, OSError):
        remove_copying(path)
        written = _written(cursor, path, copying)
        head = _read_back(cursor, copying, written)
        copying.chmod(PRIVATE)
    return head


def _written(cursor: duckdb.DuckDBPyConnection, path: Path, copying: Path) -> Values:
    """Writes the copy; what the database held at its instant."""
    own, copied = _names(cursor)
    cursor.execute(sql("attach {file} as {copied}", file=quoted(str(copying)), copied=named(copied)))
    try:
        cursor.begin()
        held = read_every_value(cursor, own, path)
        cursor.execute(sql("copy from database {own} to {copied}", own=named(own), copied=named(copied)))
        cursor.commit()
    except BaseException:
        roll_back(cursor)
        raise
    finally:
        cursor.execute(sql("detach {copied}", copied=named(copied)))
    return held


def _read_back(cursor: duckdb.DuckDBPyConnection, copying: Path, written: Values) -> Head | None:
    """The head of the copy's audit chain, if it has one, once its file was seen to hold what was written."""
    _, copied = _names(cursor)
    # Attached anew, so that every block comes from the file, not from memory.
    attach = sql("attach {file} as {copied} (read_only)", file=quoted(str(copying)), copied=named(copied))
    cursor.execute(attach)
    try:
        there = read_every_value(cursor, copied, copying)
        head = heads.head_in(cursor, copied) if heads.TABLE in there else None
    finally:
        cursor.execute(sql("detach {copied}", copied=named(copied)))
    otherwise = [table for table, values in written.items() if there.get(table) != values]
    if otherwise:
        what = f"the copy does not hold what was written (table '{otherwise[0]}')"
        raise DatabaseRefused(Fault(str(copying), what, "See to the disk, and try again. No backup was made."))
    return head


def _names(cursor: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    ((own,),) = cursor.execute("select current_database()").fetchall()
    # Names in DuckDB come from files'; no database is called like itself and something more.
    return own, f"{own} copied"


def _put(copying: Path, target: Path, head: Head | None) -> None:
    """Gives the copy its name, and its head beside it first: no copy lacks it."""
    arriving = target.with_name(f"{target.name}.part")
    try:
        try:
            copying.replace(arriving)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _carry_over(copying, arriving)
        if head is not None:
            heads.write_beside(target, head)
        arriving.replace(target)
    except BaseException:
        arriving.unlink(missing_ok=True)
        if not target.exists():
            heads.beside(target).unlink(missing_ok=True)
        raise
    flush_folder(target.parent)


def _carry_over(copying: Path, arriving: Path) -> None:
    """Writes the same bytes on another disk, and reads them back."""
    with copying.open("rb") as source, new_private(arriving) as written:
        shutil.copyfileobj(source, written)
        written.flush()
        os.fsync(written.fileno())
    if not filecmp.cmp(copying, arriving, shallow=False):
        what = "the copy does not read back as it was written"
        raise DatabaseRefused(Fault(str(arriving), what, "See to the disk, and try again. No backup was made."))
