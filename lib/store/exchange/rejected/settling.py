"""Rows that were rejected, and values left unknown, which a later import reads: no problem any more.

A rejected row is known again, in a file of any name,

- by its own id: a lead's, a rep's, that of an activity or event which has one, the month and metric of a goal, the
  month, channel and source of a spend;
- without one, by its lead and all its texts but that at fault: as it was, or with that corrected;
- in a file of the same name by its line and all its texts but that at fault, and what could not be told apart into
  columns by its line and first cell.

Where it is rejected again, that import's word stands for both. A value that was left unknown is known again by the id
of the first row that had it, where the later import says of no row, or of as many, that such a value is unknown. What
was said twice is so as the last import says it.
"""

import duckdb

from lib.core.exchange.tables import ImportTable
from lib.store.composing import Sql, all_of, any_of, listed, named, quoted, sql, whole
from lib.store.database import insert
from lib.store.exchange.replaced import clear_rejected
from lib.store.exchange.rows.feeds import Feed
from lib.store.exchange.rows.meanings import typed_columns
from lib.store.exchange.rows.staging import HASHED
from lib.store.statements import statement

NONE = sql("null::varchar")


def own_id(feed: Feed) -> Sql:
    """SQL for the id that a staged row has by itself, null where it has none."""
    table = feed.table
    if table.key[0] in HASHED:
        return sql("case when not hashed then {id} end", id=named(table.key[0]))
    parts = listed(_part(table, name, feed.filled) for name in table.key)
    known = all_of(sql("{name} is not null", name=named(name)) for name in table.key if table.column(name).in_row)
    return sql("case when {known} then concat_ws(chr(31), {parts}) end", known=known, parts=parts)


def _part(table: ImportTable, name: str, filled: tuple[str, ...]) -> Sql:
    return sql("coalesce({name}::varchar, '')", name=named(name)) if name in filled else quoted("")


def lead_of(feed: Feed) -> Sql:
    """SQL for the lead, or the other id of one, that a staged row names."""
    return named("lead_id") if "lead_id" in feed.filled else NONE


def sought(cursor: duckdb.DuckDBPyConnection, feed: Feed) -> Sql:
    """SQL for whether a row that is being staged may be one that was rejected before: its texts are needed then."""
    if not cursor.execute("select 1 from rejected_row where kind = 'row' limit 1").fetchall():
        return sql("false")
    table, file = quoted(feed.table.name), quoted(feed.file.name)
    key = feed.table.key[0]
    # An id that is a hash is nobody's own, whatever it is.
    ids = named(key) if key in HASHED else own_id(feed)
    return any_of(
        [
            sql("{ids} in (select id from rejected_row where table_name = {table})", ids=ids, table=table),
            sql(
                "{lead} in (select lead_id from rejected_row where table_name = {table})",
                lead=lead_of(feed),
                table=table,
            ),
            sql("line in (select line from rejected_row where kind = 'row' and file = {file})", file=file),
        ]
    )


def settle(cursor: duckdb.DuckDBPyConnection, feed: Feed, staged: str, run: int, *, keep: bool) -> None:
    """Clears what earlier imports rejected or left unknown of the rows that are staged."""
    given: dict[str, int | str] = {"run": run, "table": feed.table.name, "file": feed.file.name}
    rows = statement(
        "exchange/rows_read_by_now",
        staged=named(staged),
        id=own_id(feed),
        lead_id=lead_of(feed),
        fact=named("fact") if feed.table.name == "handoff_event" else NONE,
    )
    cursor.execute(sql("create or replace temp table settled as {rows}", rows=rows), given)
    values = statement("exchange/values_read_by_now", staged=named(staged), id=own_id(feed))
    for column in typed_columns(feed):
        insert(cursor, named("settled"), values, {"run": run, "table": feed.table.name, "column": column.name})
    twice = statement("exchange/said_again_by_now", staged=named(staged), id=own_id(feed))
    insert(cursor, named("settled"), twice, {"run": run, "table": feed.table.name})
    clear_rejected(cursor, run, sql("rowid in (select number from settled)"), keep=keep)


def forget_repeated(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> None:
    """What an earlier import rejected just so is kept once, as of this one."""
    repeated = statement("exchange/rejected_again", run=whole(run))
    clear_rejected(cursor, run, sql("rowid in ({repeated})", repeated=repeated), keep=keep)
