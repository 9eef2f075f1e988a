"""The head of the audit chain in a database, and in a file beside each backup, for others to keep."""

import json
import os
from pathlib import Path

import duckdb

from lib.core.agreement.audit import Head
from lib.core.errors import DatabaseRefused, Fault
from lib.store.composing import named
from lib.store.keeping.place import new_private
from lib.store.statements import statement

TABLE = "audit_entry"
"""A database of the first two versions has no chain, and no such table."""


def head_in(cursor: duckdb.DuckDBPyConnection, *database: str) -> Head:
    """The end of the chain in a database (its name in DuckDB), by default the one that is asked."""
    end = statement("keeping/end_of_chain", entries=named(*database, TABLE), proposals=named(*database, "proposal"))
    return Head(*cursor.execute(end).fetchall()[0])


def every_head(cursor: duckdb.DuckDBPyConnection) -> list[Head]:
    """The heads the chain has had, one an entry, in their order."""
    return [Head(*row) for row in cursor.execute(statement("keeping/every_head")).fetchall()]


def beside(backup: Path) -> Path:
    """Where the head of a backup's chain is said."""
    return backup.with_name(f"{backup.name}.head.json")


def write_beside(backup: Path, head: Head) -> None:
    """Says the head beside a backup, in a file that is whole or not there."""
    file = beside(backup)
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with new_private(unfinished) as written:
            written.write(json.dumps({"entry": head.number, "sha256": head.sha256}).encode() + b"\n")
            written.flush()
            os.fsync(written.fileno())
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def read_beside(backup: Path) -> Head | None:
    """What was said beside a backup when it was made, None where nothing is there.

    Raises DatabaseRefused where what is there says no head.
    """
    file = beside(backup)
    try:
        said = json.loads(file.read_bytes())
        return Head(int(said["entry"]), str(said["sha256"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        what = "does not say where the backup's audit chain ends"
        remedy = "Name another backup; or, if you know who changed this file and trust the backup, move it away."
        raise DatabaseRefused(Fault(str(file), what, remedy)) from error
