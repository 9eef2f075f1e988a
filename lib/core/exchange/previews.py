"""What a file would become, row by row, before anything is imported."""

from dataclasses import asdict, dataclass

from lib.core.exchange.runs import LeftOut


@dataclass(frozen=True)
class PreviewedRow:
    """What one row becomes: its line, its values by column (None: unknown), and why it would be rejected, if so."""

    line: int
    values: dict[str, str | None]
    fault: str | None


@dataclass(frozen=True)
class PreviewedTable:
    """What a file becomes in one table.

    `columns` says in words what fills each, `only` which rows say something about this table (blank: all do).
    Of the `looked_at` first rows of the file, `taken` do, the first of which are `rows`; `left_out` are
    values in all of them that are not of their column's type.
    """

    table: str
    columns: dict[str, str]
    only: str
    looked_at: int
    taken: int
    rows: tuple[PreviewedRow, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class PreviewedFile:
    """What a file becomes: nothing where it is `unused`, for the reason given; `unread` headings go nowhere.

    `remarks` say how it was read where that is worth knowing.
    """

    file: str
    unused: str | None
    unread: tuple[str, ...]
    tables: tuple[PreviewedTable, ...]
    remarks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """An item of `preview` in what `import --dry-run --json` prints."""
        return {
            "file": self.file,
            "unused": self.unused,
            "unread": list(self.unread),
            "tables": [
                {
                    "table": table.table,
                    "columns": table.columns,
                    "only": table.only,
                    "looked_at": table.looked_at,
                    "taken": table.taken,
                    "rows": [{"line": row.line, "values": row.values, "fault": row.fault} for row in table.rows],
                    "left_out": [asdict(value) for value in table.left_out],
                }
                for table in self.tables
            ],
            "remarks": list(self.remarks),
        }

    def as_text(self) -> str:
        """The same for a reader."""
        if self.unused is not None:
            return f"{self.file} is unused. {self.unused}"
        lines = []
        for table in self.tables:
            only = f", only where {table.only}" if table.only else ""
            lines.append(f"{self.file} → {table.table}: {table.taken:,} of the first {table.looked_at:,} rows{only}")
            lines.append("  " + "; ".join(f"{column} ← {told}" for column, told in table.columns.items()))
            for row in table.rows:
                told = ", ".join(f"{name} {value}" for name, value in row.values.items() if value is not None)
                lines.append(f"  line {row.line}: {f'rejected, {row.fault}' if row.fault else told}")
            lines += [f"  {value.as_text()}" for value in table.left_out]
        if self.unread:
            lines.append(f"{self.file}: nothing is read from {', '.join(self.unread)}")
        lines += self.remarks
        return "\n".join(lines)
