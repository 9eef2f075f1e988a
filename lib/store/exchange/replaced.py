"""What an import replaces, kept beside it until the next one, so that the last can be taken back exactly."""

import duckdb

from lib.core.exchange.tables import ImportTable
from lib.store.database import insert

REPLACED = ("lead", "merged_lead", "rep", "goal", "spend", "activity")
"""The tables of which an import changes rows; events and other ids are only ever added."""


def begin(cursor: duckdb.DuckDBPyConnection) -> None:
    """Forgets what the import before this one replaced: from here on it cannot be taken back any more."""
    for table in (*REPLACED, "rejected_row"):
        cursor.execute(f"delete from replaced_{table}")
    cursor.execute("update import_run set undoable = false where undoable")


def keep_replaced(cursor: duckdb.DuckDBPyConnection, table: ImportTable, run: int) -> None:
    """Keeps the rows that `fate` says are about to change as they are: those this run has not touched yet."""
    key = " and ".join(f"earlier.{name} is not distinct from {table.name}.{name}" for name in table.key)
    insert(
        cursor,
        f"replaced_{table.name}",
        f"""
        select {table.name}.*
        from {table.name} join fate on fate.table_row = {table.name}.rowid
        where
            not fate.same
            and {table.name}.run is distinct from $run
            and not exists (select 1 from replaced_{table.name} as earlier where {key})
        """,
        {"run": run},
    )


def clear_rejected(cursor: duckdb.DuckDBPyConnection, run: int, condition: str, *, keep: bool) -> None:
    """Removes the rows of `rejected_row` for which a condition over it holds; with `keep`, those of earlier runs stay
    beside it."""
    if keep:
        earlier = f"select * from rejected_row where run < $run and ({condition})"
        insert(cursor, "replaced_rejected_row", earlier, {"run": run})
    cursor.execute(f"delete from rejected_row where {condition}")
