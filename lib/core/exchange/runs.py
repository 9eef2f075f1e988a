"""What an import did, what it could not take, and what became of it when it was taken back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from lib.core.time.clock import instant_text

FIELDS_SHOWN = 12
"""So many fields are named of those whose values an import corrects or changes."""


@dataclass(frozen=True)
class TableCount:
    """What became of one table, by what it held before the import.

    Rows `read` from files for it, and how many were `new`, gave what was there before something else to hold, or took
    it away (`changed`), or did neither (`same`): a row that another one of the import repeats, replaces or adds to is
    counted once as new or changed, and for the rest as the same. `rejected` are those not loaded, rows that wait for
    their lead among them. So many rows had `waited` for their lead since earlier imports: they were not read again,
    and are counted where they belong. A row that speaks of several leads is one for each. Always:
    read + waited = new + changed + same + rejected.
    """

    read: int
    new: int
    changed: int
    same: int
    rejected: int = 0
    waited: int = 0

    def as_json(self) -> dict[str, int]:
        """The object that stands for a table in `--json`."""
        return {"read": self.read, "new": self.new, "changed": self.changed, "same": self.same}

    def as_text(self) -> str:
        """The same for a reader."""
        return f"{self.read:,} read, {self.new:,} new, {self.changed:,} changed, {self.same:,} the same"


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not loaded: where it is, and why."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class LeftOut:
    """A value that is not of its column's type, unknown in so many `rows` that did load, first at `line`."""

    file: str
    line: int
    reason: str
    rows: int

    def as_text(self) -> str:
        """The same for a reader."""
        return f"{self.reason}: {self.rows:,} {'row' if self.rows == 1 else 'rows'} ({self.file}, line {self.line})"


@dataclass(frozen=True)
class ValueCount:
    """How many values of leads, by field, the most first; and of how many leads."""

    by_field: tuple[tuple[str, int], ...] = ()
    leads: int = 0

    @classmethod
    def of(cls, by_field: Mapping[str, int], leads: int) -> "ValueCount":
        return cls(tuple(sorted(by_field.items(), key=lambda one: (-one[1], one[0]))), leads)

    @property
    def values(self) -> int:
        return sum(number for _, number in self.by_field)

    def as_json(self) -> dict[str, object]:
        """What stands under `corrects` or `changes` in `import --json`."""
        return {"values": self.values, "leads": self.leads, "by_field": dict(self.by_field)}

    def as_text(self, what: str) -> str:
        """The same for a reader: `changes 37 values of 21 leads: title 30, owner 7`."""
        values = f"{self.values:,} {'value' if self.values == 1 else 'values'}"
        leads = f"{self.leads:,} {'lead' if self.leads == 1 else 'leads'}"
        shown = [f"{name} {number:,}" for name, number in self.by_field[:FIELDS_SHOWN]]
        more = len(self.by_field) - FIELDS_SHOWN
        shown += [f"{more:,} more fields"] if more > 0 else []
        return f"{what} {values} of {leads}: {', '.join(shown)}"


CORRECTS, CHANGES = "corrects", "changes"
"""What an import does to values that stood otherwise: they always were so, or have become so."""


@dataclass(frozen=True)
class ImportResult:
    """What an import did: counts by table, all rejected rows counted and the first hundred shown.

    So many of those are `waiting` for their lead, and are loaded by themselves once it comes.
    `unknown_values` counts values that are not of their column's type and were
    left out of rows that did load, the most frequent of which are `left_out`; `ignored` pairs files with the headings
    nothing was read from without a reason, `unused` with the reason why nothing of them is. `remarks` say
    how files were read where that is worth knowing.
    So many rows took something away that is gone at its source (`deleted`, counted as changed), `merged` a lead
    into another (counted as new), are `older` than what their source has said since, or said `twice`, by another row of
    their file otherwise, which counts (both counted as the same).
    Of values of leads that stood otherwise, it `corrects` those that are read otherwise than before, and `changes` the
    others, each of which is recorded.
    """

    files: tuple[str, ...]
    tables: dict[str, TableCount]
    rejected: int
    rejected_rows: tuple[RejectedRow, ...]
    unknown_values: int
    ignored: tuple[tuple[str, tuple[str, ...]], ...]
    unused: tuple[tuple[str, str], ...] = ()
    run: int = 0
    waiting: int = 0
    deleted: int = 0
    merged: int = 0
    older: int = 0
    twice: int = 0
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    corrects: ValueCount = field(default_factory=ValueCount)
    changes: ValueCount = field(default_factory=ValueCount)

    def as_json(self) -> dict[str, object]:
        """The object `import --json` prints."""
        return {
            "files": list(self.files),
            "tables": {name: count.as_json() for name, count in self.tables.items()},
            "rejected": self.rejected,
            "rejected_rows": [asdict(row) for row in self.rejected_rows],
            "deleted": self.deleted,
            "merged": self.merged,
            "older": self.older,
            "twice": self.twice,
            "left_out": [asdict(value) for value in self.left_out],
            "remarks": list(self.remarks),
            "rejected_by_table": {name: count.rejected for name, count in self.tables.items() if count.rejected},
            "waited": {name: count.waited for name, count in self.tables.items() if count.waited},
            CORRECTS: self.corrects.as_json(),
            CHANGES: self.changes.as_json(),
        }

    def as_text(self) -> str:
        """The same for a reader, one line a table, then what was left out."""
        lines = [f"{name}: {count.as_text()}" for name, count in self.tables.items()]
        of_values = ((CORRECTS, self.corrects), (CHANGES, self.changes))
        lines += [count.as_text(what) for what, count in of_values if count.values]
        waited = sum(count.waited for count in self.tables.values())
        for rows, what in (
            (waited, "had waited for their lead since earlier imports, and are loaded"),
            (self.deleted, "gone at their source, and taken away"),
            (self.merged, "leads that their source merged into another"),
            (self.older, "older than what their source has said since, and left out"),
            (self.twice, "said again by a later row of their file otherwise, which counts"),
        ):
            if rows:
                lines.append(f"{what}: {rows:,}")
        lines += [f"{file}: nothing was read from {', '.join(headings)}" for file, headings in self.ignored]
        lines += [f"{file}: unused. {reason}" for file, reason in self.unused]
        lines += self.remarks
        if self.unknown_values:
            lines.append(f"values not of their column's type, left unknown: {self.unknown_values:,}")
            lines += [f"  {value.as_text()}" for value in self.left_out]
        if self.rejected:
            waiting = f" (waiting for their lead, and loaded once it comes: {self.waiting:,})" if self.waiting else ""
            lines.append(f"rows rejected: {self.rejected:,}{waiting}")
            lines += [f"  {row.file}, line {row.line}: {row.reason}" for row in self.rejected_rows]
        return "\n".join(lines)


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
            "tables": {name: count.as_json() for name, count in self.tables.items()},
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
    """A row of a file that was not loaded: `kind` 'row' cannot be meant, 'orphan' waits for its lead; where it is
    'twice', another row of the file says otherwise and counts.

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


@dataclass(frozen=True)
class Undone:
    """An import that was taken back: how many rows it had brought, and how many got back what they held before."""

    run: int
    removed: dict[str, int]
    restored: dict[str, int]

    def as_json(self) -> dict[str, object]:
        """The object `undo-import --json` prints."""
        return {"run": self.run, "removed": self.removed, "restored": self.restored}

    def as_text(self) -> str:
        """The same for a reader."""
        removed = ", ".join(f"{rows:,} {table}" for table, rows in self.removed.items()) or "none"
        restored = ", ".join(f"{rows:,} {table}" for table, rows in self.restored.items()) or "none"
        return f"import {self.run} was taken back; rows removed: {removed}; rows as they were before: {restored}"
