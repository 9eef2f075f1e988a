"""Histories that files bring: what of a batch is there already or said twice."""

import duckdb

from lib.core.exchange.tables import CHANGE
from lib.store.composing import Sql, named, sql, whole
from lib.store.database import holds, insert
from lib.store.statements import statement


def spell_as_known(cursor: duckdb.DuckDBPyConnection) -> None:
    """Gives the `extra` fields of `batch` the spelling that files of leads have them in, where these have just one."""
    cursor.execute(statement("exchange/changes/spelled_otherwise"))
    if holds(cursor, "spelled_otherwise"):
        cursor.execute(statement("exchange/changes/spell_as_known"))


def leave_known(cursor: duckdb.DuckDBPyConnection) -> int:
    """Removes from `batch`, rows that had waited, the changes that something has been said of since; how many."""
    removed: int = cursor.execute(statement("exchange/changes/known_changes")).fetchall()[0][0]
    return removed


def note_twice(cursor: duckdb.DuckDBPyConnection, run: int, row: Sql) -> None:
    """Notes the rows of `batch` of which a later one of their file says otherwise; `row` is one as JSON."""
    twice = statement("exchange/changes/said_twice", row=row)
    insert(cursor, named("rejected_row"), twice, {"run": run, "table": CHANGE.name})


def take_over(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> None:
    """Has the changes of `batch` that imports of leads had recorded be those of its history."""
    if not holds(cursor, "recorded_change"):
        return
    taken = statement("exchange/changes/taken_over")
    if keep:
        kept = sql(
            "select * from recorded_change where run <> {run} and rowid in ({taken})", run=whole(run), taken=taken
        )
        insert(cursor, named("replaced_recorded_change"), kept)
    cursor.execute(sql("delete from recorded_change where rowid in ({taken})", taken=taken))
