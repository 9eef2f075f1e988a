"""What an import replaces, kept beside it until the next one, so that the last can be taken back exactly."""

from collections.abc import Iterable

import duckdb

from lib.core.exchange.tables import ImportTable
from lib.store.composing import Sql, all_of, named, same, sql
from lib.store.database import insert
from lib.store.statements import statement

REPLACED = ("lead", "merged_lead", "rep", "goal", "spend", "lead_change", "activity")
"""The tables of which an import changes rows; events and other ids are only ever added."""


SAID_OF_LEADS = ("lead_said", "recorded_change")
"""What imports note of leads beside their rows."""


def begin(cursor: duckdb.DuckDBPyConnection) -> None:
    """Forgets what the import before this one replaced: from here on it cannot be taken back any more."""
    for table in (*REPLACED, *SAID_OF_LEADS, "rejected_row"):
        cursor.execute(sql("delete from {replaced}", replaced=replaced(table)))
    # What an import only noted of an event says nothing of what its source said.
    cursor.execute("delete from corrected_event where why in ('adopted', 'restated')")
    cursor.execute("update import_run set undoable = false where undoable")


def keep_replaced(cursor: duckdb.DuckDBPyConnection, table: ImportTable, run: int) -> None:
    """Keeps the rows that `fate` says are about to change as they are: those this run has not touched yet."""
    about_to_change = statement(
        "exchange/about_to_change",
        table=named(table.name),
        replaced=replaced(table.name),
        same_key=all_of(same(named("earlier", name), named(table.name, name)) for name in table.key),
    )
    insert(cursor, replaced(table.name), about_to_change, {"run": run})


def forget_as_it_was(cursor: duckdb.DuckDBPyConnection, table: ImportTable) -> int:
    """Forgets the rows kept beside a table that hold again what they held before the import; how many others there
    are."""
    beside = replaced(table.name)

    def alike(columns: Iterable[str]) -> Sql:
        return all_of(
            same(sql("{beside}.{name}", beside=beside, name=named(name)), named(table.name, name)) for name in columns
        )

    standing = statement(
        "exchange/as_it_was",
        table=named(table.name),
        replaced=beside,
        same_key=alike(table.key),
        same_content=alike(table.stored),
    )
    cursor.execute(sql("delete from {beside} where rowid in ({standing})", beside=beside, standing=standing))
    counted = sql("select count(*) from {beside}", beside=beside)
    return int(cursor.execute(counted).fetchall()[0][0])


def replaced(table: str) -> Sql:
    """The table beside it that holds what the last import replaced."""
    return named(f"replaced_{table}")


def clear_rejected(cursor: duckdb.DuckDBPyConnection, run: int, condition: Sql, *, keep: bool) -> None:
    """Removes the rows of `rejected_row` for which a condition over it holds; with `keep`, those of earlier runs stay
    beside it."""
    if keep:
        earlier = sql("select * from rejected_row where run < $run and ({condition})", condition=condition)
        insert(cursor, replaced("rejected_row"), earlier, {"run": run})
    cursor.execute(sql("delete from rejected_row where {condition}", condition=condition))
