"""Staged rows written into their table, those with a key replaced, and how many were new, changed or the same."""

from dataclasses import dataclass, replace

import duckdb

from lib.core.exchange.tables import FED, ImportTable
from lib.store.database import insert
from lib.store.exchange.replaced import keep_replaced

MERGED_LEAD = replace(FED["lead"], name="merged_lead")
"""The leads that are part of another one; what imports say of them is kept, for when they are parted again."""


MOST_MERGED_BYTES = 10_000_000
"""How much JSON is merged at once; DuckDB needs some ten to twenty times as much memory for it."""


@dataclass(frozen=True)
class WrittenRows:
    """How many rows were new, changed what was there, or changed nothing.

    A row that a later one of the same import replaces changes nothing.
    """

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: "WrittenRows") -> "WrittenRows":
        return WrittenRows(self.new + other.new, self.changed + other.changed, self.same + other.same)


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
        part = f"where rowid >= {start:d} and rowid < {start + at_once:d}"
        cursor.execute(f"create or replace temp view batch as select rowid as rowid, * from whole_batch {part}")
        merged += _write_at_once(cursor, table, filled, run, fill_gaps=fill_gaps, keep=keep)
    cursor.execute("drop view batch")
    cursor.execute("alter table whole_batch rename to batch")
    return merged


def _rows_at_once(cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...]) -> tuple[int, int]:
    """How many rows `batch` has, and how many of them may be merged together."""
    longest = f"max(strlen({table.rest}))" if table.rest in filled else "0"
    rows, characters = cursor.execute(f"select count(*), {longest} from batch").fetchall()[0]
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
    names = ", ".join(filled)
    values = ", ".join(f"batch.{name}" if name != table.rest else without_nulls("batch", name) for name in filled)
    if not cursor.execute(f"select 1 from {table.name} limit 1").fetchall():
        new = insert(cursor, f"{table.name} ({names}, run)", f"select {values}, $run from batch", {"run": run})
        return WrittenRows(new=new)
    key = " and ".join(f"batch.{name} is not distinct from {table.name}.{name}" for name in table.key)
    content = {name: _replacement(table, name, fill_gaps=fill_gaps) for name in filled if name not in table.key}
    same = " and ".join(f"{value} is not distinct from {table.name}.{name}" for name, value in content.items())
    cursor.execute(
        f"""
        create or replace temp table fate as
        select batch.rowid as batch_row, {table.name}.rowid as table_row, {same or "true"} as same
        from batch left join {table.name} on {key}
        """
    )
    known, same_rows = cursor.execute(
        "select count(table_row), count(*) filter (where same and table_row is not null) from fate"
    ).fetchall()[0]
    if known > same_rows:
        if keep:
            keep_replaced(cursor, table, run)
        changes = ", ".join(f"{name} = {value}" for name, value in content.items())
        cursor.execute(
            f"""
            update {table.name} set {changes}
            from batch join fate on fate.batch_row = batch.rowid
            where fate.table_row = {table.name}.rowid and not fate.same
            """
        )
    new = insert(
        cursor,
        f"{table.name} ({names}, run)",
        f"select {values}, $run from batch join fate on fate.batch_row = batch.rowid where fate.table_row is null",
        {"run": run},
    )
    return WrittenRows(new=new, changed=known - same_rows, same=same_rows)


def _replacement(table: ImportTable, name: str, *, fill_gaps: bool) -> str:
    """SQL for what a column of a known row holds after the merge."""
    if name == table.rest:
        if table.key != MERGED_LEAD.key:
            return f"batch.{name}"
        # Keys the newer one has replace, blank ones by nothing; the others stay.
        older, newer = ("batch", table.name) if fill_gaps else (table.name, "batch")
        merged = f"json_merge_patch('{{}}', coalesce({older}.extra, '{{}}'), coalesce({newer}.extra, '{{}}'))"
        # Merging ten thousand keys into as many takes a fifth of a second; a file imported again says the same.
        return f"case when batch.extra = {table.name}.extra then batch.extra else {none_when_empty(merged)} end"
    if fill_gaps:
        return f"coalesce({table.name}.{name}, batch.{name})"
    # A lead always has a date: a blank one leaves it as it was.
    return f"coalesce(batch.created_at, {table.name}.created_at)" if name == "created_at" else f"batch.{name}"


def without_nulls(alias: str, name: str) -> str:
    return none_when_empty(f"json_merge_patch('{{}}', coalesce({alias}.{name}, '{{}}'))")


def none_when_empty(json: str) -> str:
    return f"nullif({json}::varchar, '{{}}')::json"
