"""What the files of one import say of leads: which rows change one, when their source wrote them, what it said."""

import duckdb

from lib.core.exchange.field_names import CHANGING
from lib.store.composing import Sql, listed, named, quoted, sql, whole
from lib.store.database import holds, insert
from lib.store.exchange.several import has_column
from lib.store.statements import statement

BESIDE = ("stated_at", "reading")
"""What a file says of a lead that is no part of its row."""


def begin_saying(cursor: duckdb.DuckDBPyConnection, run: int, now: int, *, undoable: bool) -> None:
    """Makes what one import, at an instant in microseconds, says of leads."""
    cursor.execute(statement("exchange/changes/begin_saying"))
    cursor.execute("insert into this_import values (?, make_timestamp(?), ?)", [run, now, undoable])


def complete_beside(cursor: duckdb.DuckDBPyConnection) -> None:
    """Gives `batch`, rows of leads, what is said beside them, unknown where no file says it; no row was written later
    than it is read."""
    for column, kind in (("stated_at", sql("timestamp")), ("reading", sql("integer")), ("first_at", sql("timestamp"))):
        cursor.execute(sql("alter table batch add column if not exists {name} {kind}", name=named(column), kind=kind))
    cursor.execute("update batch set stated_at = null where stated_at > (select moment from this_import)")


def keep_newest(cursor: duckdb.DuckDBPyConnection, filled: tuple[str, ...]) -> int:
    """Removes from `batch` every row of a lead that its source wrote before another, or that a later one replaces; how
    many. What the older ones say otherwise is kept beside as what was so then."""
    cursor.execute(statement("exchange/changes/rank_of_batch"))
    fields = [name for name in filled if name in CHANGING]
    pairs = [sql("{field: {name}, value: {column}::varchar}", name=quoted(name), column=named(name)) for name in fields]
    if cursor.execute("select 1 from ranked where by_date limit 1").fetchall():
        older = statement("exchange/changes/older_rows", fields=listed(pairs), extra=_extra(filled))
        insert(cursor, named("older_said"), older)
        cursor.execute(statement("exchange/changes/first_dates"))
    removed: int = cursor.execute(statement("exchange/changes/keep_newest_of_batch")).fetchall()[0][0]
    return removed


def note_told(cursor: duckdb.DuckDBPyConnection) -> None:
    """Notes which rows of `batch` change a lead, by `fate`; what only dates leads again says nothing of fields."""
    if has_column(cursor, "reading"):
        insert(cursor, named("lead_told"), statement("exchange/changes/told_rows"))


def note_said(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> None:
    """Notes what the rows of `batch` say beside, as the last that their source said of each lead."""
    cursor.execute(statement("exchange/changes/said_news"))
    if not holds(cursor, "said_news"):
        return
    cursor.execute(statement("exchange/changes/said_now"))
    if not holds(cursor, "said_now"):
        return
    insert(cursor, named("stated_late"), sql("select lead_id, reading, stated_at from said_now where late"))
    before = statement("exchange/changes/said_before")
    if keep:
        kept = sql("select * from lead_said where run <> {run} and rowid in ({before})", run=whole(run), before=before)
        insert(cursor, named("replaced_lead_said"), kept)
    cursor.execute(sql("delete from lead_said where rowid in ({before})", before=before))
    insert(cursor, named("lead_said"), statement("exchange/changes/said_anew"), {"run": run})


def _extra(filled: tuple[str, ...]) -> Sql:
    return named("extra") if "extra" in filled else sql("null::json")
