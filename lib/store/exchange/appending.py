"""Whole tables into an empty database, as the sample makes them."""

from collections.abc import Mapping

import pyarrow as pa

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.errors import DatabaseRefused, Fault
from lib.core.exchange.tables import TABLES
from lib.store.composing import named, sql
from lib.store.database import Database, holds, insert
from lib.store.handoffs.cycles import keep_cycles


def append_tables(database: Database, tables: Mapping[str, pa.Table], by: Grant) -> None:
    """Fills the tables named, by column name, in one transaction; a column left out is unknown.

    Instants are UTC. Keys are the caller's to keep unique. Raises
    DatabaseRefused when the database holds leads already.
    """
    unknown = [name for name in tables if name not in TABLES]
    if unknown:
        raise ValueError(f"no table is called {unknown[0]!r}")
    with database.write(by, Right.IMPORT) as cursor:
        if holds(cursor, "lead"):
            raise DatabaseRefused(
                Fault(str(database.path), "holds leads already", "Name a database that does not exist yet with --db.")
            )
        for name in TABLES:
            if name in tables:
                cursor.register("rows", tables[name])
                insert(cursor, sql("{table} by name", table=named(name)), sql("select * from rows"))
                cursor.unregister("rows")
        keep_cycles(cursor)
