"""Staged rows written into their table, those with a key replaced, and how many were new, changed or the same."""

from dataclasses import dataclass, replace

import duckdb

from lib.core.exchange.tables import FED, ImportTable
from lib.store.composing import Sql, all_of, listed, named, names, same, sql, whole
from lib.store.database import holds, insert
from lib.store.exchange.changes.saying import note_told
from lib.store.exchange.replaced import forget_as_it_was, keep_replaced
from lib.store.statements import statement

MERGED_LEAD = replace(FED["lead"], name="merged_lead")
"""The leads that are part of another one; what imports say of them is kept, for when they are parted again."""


MOST_MERGED_BYTES = 10_000_000
"""How much JSON is merged at once; DuckDB needs some ten to twenty times as much memory for it."""


@dataclass(frozen=True)
class WrittenRows:
    """How many rows were new, changed what was there, or changed nothing.

    A row that a later one of the same import replaces changes nothing. `deleted` of the changed took something
    away, `older` of the same say what their source replaced since. So many more than were read are `shared`: a row
    that speaks of several leads is one for each; so many had `waited` since earlier imports.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    deleted: int = 0
    older: int = 0
    shared: int = 0
    waited: int = 0

    @property
    def rows(self) -> int:
        """How many rows these are."""
        return self.new + self.changed + self.same

    def __add__(self, other: "WrittenRows") -> "WrittenRows":
        return WrittenRows(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.deleted + other.deleted,
            self.older + other.older,
            self.shared + other.shared,
            self.waited + other.waited,
        )


def by_what_was_there(
    cursor: duckdb.DuckDBPyConnection, table: ImportTable, run: int, counted: WrittenRows
) -> WrittenRows:
    """The counts of a table that one import wrote to several times: a row that it brought and went on to change is
    new, and one that holds again what it held before is the same."""
    new = changed = 0
    for one in (table, MERGED_LEAD) if table.key == MERGED_LEAD.key else (table,):
        brought = sql("select count(*) from {table} where run = $run", table=named(one.name))
        new += int(cursor.execute(brought, {"run": run}).fetchall()[0][0])
        changed += forget_as_it_was(cursor, one)
    return replace(counted, new=new, changed=changed, same=counted.rows - new - changed)


def write_rows(
    cursor: duckdb.DuckDBPyConnection,
    table: ImportTable,
    filled: tuple[str, ...],
    run: int,
    *,
    fill_gaps: bool,
    keep: bool,
) -> WrittenRows:
    """Writes `batch` into the table, a part at a time where its rows carry too many other headings for memory."""
    rows, at_once = _rows_at_once(cursor, table, filled)
    if rows <= at_once:
        return _write_at_once(cursor, table, filled, run, fill_gaps=fill_gaps, keep=keep)
    merged = WrittenRows()
    cursor.execute("alter table batch rename to whole_batch")
    # Rows of a temporary table are not numbered from 0, and some have been removed.
    first, last = cursor.execute("select min(rowid), max(rowid) from whole_batch").fetchall()[0]
    for start in range(first, last + 1, at_once):
        # A table each would stay in memory until the end of the transaction.
        cursor.execute(statement("exchange/part_of_batch", first=whole(start), end=whole(start + at_once)))
        merged += _write_at_once(cursor, table, filled, run, fill_gaps=fill_gaps, keep=keep)
    cursor.execute("drop view batch")
    cursor.execute("alter table whole_batch rename to batch")
    return merged


def _rows_at_once(cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...]) -> tuple[int, int]:
    """How many rows `batch` has, and how many of them may be merged together."""
    longest = sql("max(strlen({rest}))", rest=named(table.rest)) if table.rest in filled else sql("0")
    rows, characters = cursor.execute(sql("select count(*), {longest} from batch", longest=longest)).fetchall()[0]
    return int(rows), max(1, MOST_MERGED_BYTES // max(1, characters or 0))


def _write_at_once(
    cursor: duckdb.DuckDBPyConnection,
    table: ImportTable,
    filled: tuple[str, ...],
    run: int,
    *,
    fill_gaps: bool,
    keep: bool,
) -> WrittenRows:
    into = sql("{table} ({columns}, run)", table=named(table.name), columns=names(filled))
    values = listed(_new_value(table, name) for name in filled)
    if not holds(cursor, table.name):
        return WrittenRows(
            new=insert(cursor, into, sql("select {values}, $run from batch", values=values), {"run": run})
        )
    content = {
        name: _replacement(table, name, fill_gaps=fill_gaps)
        for name in filled
        if name not in table.key and not (name in table.names and table.column(name).by_reading)
    }
    fate = statement(
        "exchange/fate_of_batch",
        table=named(table.name),
        same_key=all_of(same(_brought(name), named(table.name, name)) for name in table.key),
        same=all_of(same(value, named(table.name, name)) for name, value in content.items()),
    )
    cursor.execute(fate)
    known, same_rows = cursor.execute(statement("exchange/counts_of_fate")).fetchall()[0]
    if known > same_rows:
        if table.key == MERGED_LEAD.key:
            note_told(cursor)
        if keep:
            keep_replaced(cursor, table, run)
        changes = listed(sql("{name} = {value}", name=named(name), value=value) for name, value in content.items())
        cursor.execute(statement("exchange/change_rows", table=named(table.name), changes=changes))
    new = insert(cursor, into, statement("exchange/new_rows", values=values), {"run": run})
    return WrittenRows(new=new, changed=known - same_rows, same=same_rows)


def _brought(name: str) -> Sql:
    """The column of a row in `batch`."""
    return named("batch", name)


def _new_value(table: ImportTable, name: str) -> Sql:
    """SQL for what a column of a new row holds: of the JSON column, the keys that have a value."""
    if name != table.rest:
        return _brought(name)
    return _unless_empty(sql("json_merge_patch('{}', coalesce({brought}, '{}'))", brought=_brought(name)))


def _replacement(table: ImportTable, name: str, *, fill_gaps: bool) -> Sql:
    """SQL for what a column of a known row holds after the merge."""
    brought, stands = _brought(name), named(table.name, name)
    if name == table.rest:
        if table.key != MERGED_LEAD.key:
            return brought
        # Keys the newer one has replace, blank ones by nothing; the others stay.
        older, newer = (brought, stands) if fill_gaps else (stands, brought)
        of_both = sql("coalesce({older}, '{}'), coalesce({newer}, '{}')", older=older, newer=newer)
        merged = _unless_empty(sql("json_merge_patch('{}', {of_both})", of_both=of_both))
        equal = sql("{brought} = {stands}", brought=brought, stands=stands)
        # Merging ten thousand keys into as many takes a fifth of a second; a file imported again says the same.
        return sql("case when {equal} then {brought} else {merged} end", equal=equal, brought=brought, merged=merged)
    if fill_gaps:
        return sql("coalesce({stands}, {brought})", stands=stands, brought=brought)
    # A lead always has a date: a blank one leaves it as it was.
    return sql("coalesce({brought}, {stands})", brought=brought, stands=stands) if name == "created_at" else brought


def _unless_empty(json: Sql) -> Sql:
    return sql("nullif({json}::varchar, '{}')::json", json=json)
