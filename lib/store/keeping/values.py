"""Every value of every table, read: DuckDB sees that a block is damaged only when it reads it."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from lib.core.errors import DatabaseRefused, Fault
from lib.store.composing import named
from lib.store.refusals import RESTORE
from lib.store.statements import statement

Values = Mapping[str, tuple[int, int | None]]
"""By table, how many rows it has and a number made of all their values: equal where two tables hold the same."""


def read_every_value(cursor: duckdb.DuckDBPyConnection, database: str, path: Path) -> Values:
    """Reads all there is in a database (its name in DuckDB), in the cursor's own transaction.

    `path` is where its file lies. Raises DatabaseRefused, with every table of which something cannot be read.
    """
    found: dict[str, tuple[int, int | None]] = {}
    faults = []
    for table in tables_of(cursor, database):
        try:
            ((rows, digest),) = cursor.execute(statement("keeping/read_table", table=named(database, table))).fetchall()
            found[table] = rows, digest
        except duckdb.Error as error:
            what = f"table '{table}' cannot be read ({str(error).splitlines()[0]})"
            faults.append(Fault(str(path), what, f"Stop the app. {RESTORE}."))
            if isinstance(error, duckdb.FatalException):
                # DuckDB has closed the database; every other table would say so.
                break
    if faults:
        raise DatabaseRefused(faults)
    return found


def tables_of(cursor: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """The tables of a database, in the order they were made since it was opened; a view is none."""
    return [name for (name,) in cursor.execute(statement("keeping/tables"), {"database": database}).fetchall()]
