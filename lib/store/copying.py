"""A whole database copied into a new file, through a name of its own: the file appears whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

import duckdb

from lib.store.composing import named, quoted, sql
from lib.store.refusals import log_of


def copy_database(cursor: duckdb.DuckDBPyConnection, path: Path, like: Path) -> Path:
    """Writes all that a cursor sees at one instant into a file beside `path`, as private as the file `like`; which one.

    Texts that were deleted or changed since are not in it. It has no triggers, as DuckDB copies none.
    """
    unfinished = path.with_name(path.name + ".part")
    ((own,),) = cursor.execute("select current_database()").fetchall()
    # Names in DuckDB come from files'; no database is called like itself and something more.
    copied = named(f"{own} copied")
    remove(unfinished)
    try:
        cursor.execute(sql("attach {file} as {copied}", file=quoted(str(unfinished)), copied=copied))
        try:
            cursor.begin()
            cursor.execute(sql("copy from database {own} to {copied}", own=named(own), copied=copied))
            cursor.commit()
        except BaseException:
            roll_back(cursor)
            raise
        finally:
            cursor.execute(sql("detach {copied}", copied=copied))
        unfinished.chmod(like.stat().st_mode)
    except BaseException:
        remove(unfinished)
        raise
    return unfinished


def flush_folder(folder: Path) -> None:
    """Has the names of the files in a folder on disk: a renamed file stays renamed when the power fails."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Removes a database file and its log, where they are there."""
    path.unlink(missing_ok=True)
    log_of(path).unlink(missing_ok=True)


def roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    """Takes back what a cursor has begun to change; what failed on committing has been taken back already."""
    # The fault that led here is raised by the caller.
    with suppress(duckdb.TransactionException):
        cursor.rollback()
