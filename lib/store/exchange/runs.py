"""The imports there were: what each brought, and the rows it could not take."""

import io
import json
from collections.abc import Iterable

from lib.core.exchange.runs import ImportRun, Rejected, TableCount
from lib.core.exchange.spreadsheet import write_csv
from lib.store.database import Database
from lib.store.exchange.imports import EVENTS
from lib.store.statements import statement

EVERY = 2**62


def import_runs(database: Database, most: int = 100) -> list[ImportRun]:
    """The newest imports of files, the last first; events that a system sent one by one are none."""
    with database.cursor() as cursor:
        rows = cursor.execute(statement("exchange/import_runs"), {"most": most, "events": EVENTS}).fetchall()
    return [
        ImportRun(
            run,
            at,
            what,
            tuple(json.loads(files)),
            {name: TableCount(**counts) for name, counts in json.loads(tables).items()},
            rejected,
            unknown,
            undoable,
            undone_at,
            undone_by,
        )
        for run, at, what, files, tables, rejected, unknown, undoable, undone_at, undone_by in rows
    ]


def rejected_rows(database: Database, run: int, most: int = EVERY) -> list[Rejected]:
    """What an import did not take, what can be mended first, each in the order of its files.

    A row rejected again by a later import is that one's, and one that a later import read is none's
    (`rejected.settling` says how it is known again).
    """
    with database.cursor() as cursor:
        rows = cursor.execute(statement("exchange/rejected_rows"), {"run": run, "most": most}).fetchall()
    return [
        Rejected(file, line, table, kind, reason, count, taken, *_row(text))
        for file, line, table, kind, reason, count, taken, text in rows
    ]


def rows_to_mend(rejected: Iterable[Rejected]) -> dict[str, str]:
    """By file, the rows that could not be meant as CSV under the file's own headings: mended, they import again.

    Left out are rows that cannot be told apart into columns, those that wait for their lead, and events
    whose id is taken: no other row would be right.
    """
    by_file: dict[str, dict[int, dict[str, str | None]]] = {}
    for one in rejected:
        if one.kind == "row" and one.row is not None and not one.taken:
            # A row that feeds several tables may have been rejected for each.
            by_file.setdefault(one.file, {})[one.line] = one.row
    return {file: _as_csv(list(rows.values())) for file, rows in by_file.items()}


def _as_csv(rows: list[dict[str, str | None]]) -> str:
    written = io.StringIO()
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    write_csv(written, headings, ([row.get(heading) for heading in headings] for row in rows))
    return written.getvalue()


def _row(text: str | None) -> tuple[dict[str, str | None] | None, str | None]:
    held = None if text is None else json.loads(text)
    return (held, None) if isinstance(held, dict) else (None, held)
