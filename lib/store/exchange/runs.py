"""The imports there were: what each brought, and the rows it could not take."""

import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from lib.core.exchange.spreadsheet import write_csv
from lib.core.time.clock import instant_text
from lib.store.database import Database
from lib.store.exchange.imports import EVENTS, TableCount
from lib.store.statements import statement

EVERY = 2**62


@dataclass(frozen=True)
class ImportRun:
    """One import: instants in microseconds since 1970 UTC, `what` it was read as, counts by table.

    `undoable`: it can still be taken back, unless something rests on it.
    """

    run: int
    imported_at: int
    what: str
    files: tuple[str, ...]
    tables: dict[str, TableCount]
    rejected: int
    unknown_values: int
    undoable: bool
    undone_at: int | None
    undone_by: str | None

    def as_json(self) -> dict[str, object]:
        """An item of what `imports --json` prints."""
        return {
            "run": self.run,
            "imported_at": instant_text(self.imported_at),
            "read_as": self.what,
            "files": list(self.files),
            "tables": {name: asdict(count) for name, count in self.tables.items()},
            "rejected": self.rejected,
            "undoable": self.undoable,
            "undone_at": None if self.undone_at is None else instant_text(self.undone_at),
            "undone_by": self.undone_by,
        }

    def as_text(self) -> str:
        """The same in one line for a reader."""
        brought = ", ".join(f"{one.new:,} new and {one.changed:,} changed {name}" for name, one in self.tables.items())
        undone = f"; taken back {instant_text(self.undone_at)} by {self.undone_by}" if self.undone_at else ""
        last = "; can be taken back" if self.undoable else ""
        files = ", ".join(self.files)
        return f"{self.run}  {instant_text(self.imported_at)}  {files}: {brought or 'nothing'}{undone}{last}"


@dataclass(frozen=True)
class Rejected:
    """A row of a file that was not loaded: `kind` 'row' cannot be meant, 'orphan' waits for its lead.

    A 'value' was read as unknown in so many `rows` that did load. `row` holds
    the texts of the row by heading; None where it has no columns to speak of,
    and `text` is what stands there. `taken`: it is an event whose id another one has, and `row` has our columns.
    """

    file: str
    line: int
    table: str
    kind: str
    reason: str
    rows: int
    taken: bool
    row: dict[str, str | None] | None
    text: str | None


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

    A row rejected again by a later import is that one's.
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
