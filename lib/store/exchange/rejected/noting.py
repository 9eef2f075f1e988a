"""What an import cannot take of its files, noted row by row and value by value."""

from dataclasses import asdict

import duckdb
import pyarrow as pa

from lib.store.composing import named
from lib.store.database import insert
from lib.store.exchange.files.data_file import Malformed
from lib.store.exchange.rejected.settling import lead_of, own_id
from lib.store.exchange.rows.feeds import Feed
from lib.store.exchange.rows.meanings import typed_columns, unknown_of
from lib.store.statements import statement


def note_malformed(cursor: duckdb.DuckDBPyConnection, run: int, feed: Feed, malformed: list[Malformed]) -> None:
    """Rows without columns to speak of, into `rejected_row`."""
    if not malformed:
        return
    cursor.register("malformed", pa.Table.from_pylist([asdict(row) for row in malformed]))
    given: dict[str, int | str] = {"run": run, "file": feed.file.name, "table": feed.table.name}
    insert(cursor, named("rejected_row"), statement("exchange/malformed_rows"), given)
    cursor.unregister("malformed")


def note_unmeant(cursor: duckdb.DuckDBPyConnection, run: int, feed: Feed, staged: str) -> None:
    """Rows that cannot be meant, and values that are not of their column's type, into `rejected_row`."""
    given: dict[str, int | str] = {"run": run, "file": feed.file.name, "table": feed.table.name}
    rows = named(staged)
    unmeant = statement("exchange/unmeant_rows", staged=rows, id=own_id(feed), lead_id=lead_of(feed))
    insert(cursor, named("rejected_row"), unmeant, given)
    for column in typed_columns(feed):
        unknown = unknown_of(cursor, staged, column)
        if unknown is not None:
            values = statement(
                "exchange/unknown_values",
                staged=rows,
                id=own_id(feed),
                text=unknown.text,
                begin=unknown.begin,
                end=unknown.end,
            )
            insert(cursor, named("rejected_row"), values, given)
