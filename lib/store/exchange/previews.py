"""What each file of an import would become, row by row for the first few, without a database."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from lib.core.exchange.mappings import ELSE, SKIP, CellTest, Condition, Source
from lib.core.exchange.previews import PreviewedFile, PreviewedRow, PreviewedTable
from lib.core.exchange.runs import LeftOut
from lib.core.exchange.tables import ValueType
from lib.core.time.clock import instant_text
from lib.store.composing import Sql, listed, named, sql
from lib.store.exchange.files.notation import tell_notation
from lib.store.exchange.imports import LEFT_OUT_SHOWN, check_files
from lib.store.exchange.rows.feeds import Feed, Recognised
from lib.store.exchange.rows.headings import Cell, Reading
from lib.store.exchange.rows.meanings import typed_columns, unknown_of
from lib.store.exchange.rows.staging import open_staging, stage
from lib.store.folding import put_foldings, teach_folding
from lib.store.keeping.connecting import connect_in_memory
from lib.store.statements import statement

ROWS_SHOWN = 5
TEXTS_NAMED = 4
"""Of the texts that a row is taken for, so many are named."""

ROWS_LOOKED_AT = 10_000
"""How far into a file a preview looks for rows that say something about a table."""


def preview_files(
    files: Sequence[Path],
    *,
    kind: str | None = None,
    source: Source | None = None,
    zone: ZoneInfo,
    now: int,
    rows: int = ROWS_SHOWN,
) -> tuple[PreviewedFile, ...]:
    """What each file would become by `kind` or by `source`, with its first `rows` rows of each table.

    Reads the first `ROWS_LOOKED_AT` rows of each file only, however large it is.
    Raises FileRefused as `import_files` does.
    """
    return preview(check_files(files, kind=kind, source=source), zone, now, rows)


def preview(
    recognised: Sequence[Recognised], zone: ZoneInfo, now: int, rows: int = ROWS_SHOWN
) -> tuple[PreviewedFile, ...]:
    """The same for files each recognised by itself; what lies ahead of `now` (microseconds) is held aside."""
    # In memory: a preview needs no database, and holds up nobody who has one open.
    with connect_in_memory() as connection:
        teach_folding(connection)
        put_foldings(connection)
        open_staging(connection)
        return tuple(_previewed(connection, one, zone, now, rows) for one in tell_notation(recognised))


def _previewed(
    connection: duckdb.DuckDBPyConnection, recognised: Recognised, zone: ZoneInfo, now: int, rows: int
) -> PreviewedFile:
    return PreviewedFile(
        file=recognised.file.name,
        unused=recognised.unused,
        unread=recognised.feeds[0].ignored if recognised.feeds else (),
        tables=tuple(_table(connection, feed, zone, now, rows) for feed in recognised.feeds),
        remarks=(*recognised.file.remarks, *recognised.remarks),
    )


def _table(connection: duckdb.DuckDBPyConnection, feed: Feed, zone: ZoneInfo, now: int, rows: int) -> PreviewedTable:
    read = stage(connection, feed, "previewed", 1, zone, now, None, ROWS_LOOKED_AT)
    told_of = _columns_in_words(feed)
    # Rows that say of something that it is gone are none.
    there = sql("where not gone") if feed.gone else sql("")
    # An id that is a hash tells a reader nothing.
    columns = [column for column in feed.table.columns if column.name in told_of]
    # The instant of a row that is rejected may be none that can be written.
    values = listed(_shown(named(column.name), column.type) for column in columns)
    first = sql(
        "select line, fault, {values} from previewed {there} order by line, rowid limit $rows",
        values=values,
        there=there,
    )
    found = connection.execute(first, {"rows": rows}).fetchall()
    left_out = _left_out(connection, feed)
    connection.execute("drop table previewed")

    def told(value: int | str | None) -> str | None:
        return instant_text(value) if isinstance(value, int) else value

    names = [column.name for column in columns]
    return PreviewedTable(
        table=feed.table.name,
        columns=told_of,
        only=_only_in_words(feed, told_of),
        looked_at=read.looked_at,
        taken=read.staged,
        rows=tuple(
            PreviewedRow(line, {name: told(value) for name, value in zip(names, values, strict=True)}, fault)
            for line, fault, *values in found
        ),
        left_out=left_out,
    )


def _left_out(connection: duckdb.DuckDBPyConnection, feed: Feed) -> tuple[LeftOut, ...]:
    """The most frequent values that are not of their column's type, of the rows looked at."""
    given: dict[str, int | str] = {"run": 0, "file": feed.file.name, "table": feed.table.name}
    found: list[LeftOut] = []
    for column in typed_columns(feed):
        unknown = unknown_of(connection, "previewed", column)
        if unknown is not None:
            values = statement(
                "exchange/unknown_values",
                staged=named("previewed"),
                id=sql("null::varchar"),
                text=unknown.text,
                begin=unknown.begin,
                end=unknown.end,
            )
            rows = connection.execute(values, given).fetchall()
            found += [LeftOut(feed.file.name, line, reason, times) for _, _, line, _, _, reason, times, *_ in rows]
    return tuple(sorted(found, key=lambda value: (-value.rows, value.line))[:LEFT_OUT_SHOWN])


def _shown(column: Sql, kind: ValueType) -> Sql:
    if kind is ValueType.INSTANT:
        return sql("case when writable({column}) then epoch_us({column}) end", column=column)
    return sql("{column}::varchar", column=column)


def _columns_in_words(feed: Feed) -> dict[str, str]:
    """What fills each column: `Record ID`, `Created or Added`, `always mql`."""

    def reading(parts: Reading) -> str:
        if len(parts) == 1 and not isinstance(parts[0], str):
            return _cell_in_words(feed, parts[0])
        return "".join(part if isinstance(part, str) else f"{{{_cell_in_words(feed, part)}}}" for part in parts)

    told = {column: " or ".join(reading(one) for one in readings) for column, readings in feed.columns.items()}
    told |= {column: f"always {text}" for column, text in feed.constants.items()}
    if feed.rest and feed.table.rest:
        told[feed.table.rest] = ", ".join(
            [*([told[feed.table.rest]] if feed.table.rest in told else []), *dict(feed.rest)]
        )
    return {name: told[name] for name in feed.table.names if name in told}


def _only_in_words(feed: Feed, told_of: dict[str, str]) -> str:
    """Which rows say something about the table: `Name is lifecyclestage and Value is mql, sql or won`."""

    def among(texts: Sequence[str]) -> str:
        shown = [*texts[:TEXTS_NAMED], *(["…"] if len(texts) > TEXTS_NAMED else [])]
        return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"

    def condition(one: Condition) -> str:
        if not isinstance(one, CellTest):
            return among(one)
        known = [] if one.known is None else ["known" if one.known else "blank"]
        known += [f"begun by {among(one.starts_with)}"] if one.starts_with else []
        other = [f"not {among(one.is_not)}"] if one.is_not else []
        return " and ".join([*known, *other, *(f"{name.replace('_', ' ')} {bound}" for name, bound in one.bounds)])

    taken = {column: [old for old in values if old != ELSE] for column, values in feed.values.items()}
    return " and ".join(
        [
            *(f"{_cell_in_words(feed, cell)} is {condition(one)}" for cell, one in feed.when),
            *(f"{_cell_in_words(feed, cell)} is not {condition(one)}" for cell, one in feed.unless),
            *(f"{_cell_in_words(feed, cell)} is known" for cell in (*feed.when_known, *((at,) for at, _ in feed.each))),
            *(
                f"{told_of.get(column, column)} is {among(taken[column])}"
                for column, values in feed.values.items()
                if values.get(ELSE) == SKIP
            ),
        ]
    )


def _cell_in_words(feed: Feed, positions: Cell) -> str:
    return " or ".join(feed.file.headings[at] for at in positions)
