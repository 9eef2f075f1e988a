"""What a file would become, row by row, before anything is imported."""

from dataclasses import dataclass


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
    Of the `looked_at` first rows of the file, `taken` do, the first of which are `rows`.
    """

    table: str
    columns: dict[str, str]
    only: str
    looked_at: int
    taken: int
    rows: tuple[PreviewedRow, ...]


@dataclass(frozen=True)
class PreviewedFile:
    """What a file becomes: nothing where it is `unused`, for the reason given; `unread` headings go nowhere."""

    file: str
    unused: str | None
    unread: tuple[str, ...]
    tables: tuple[PreviewedTable, ...]

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
                }
                for table in self.tables
            ],
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
        if self.unread:
            lines.append(f"{self.file}: nothing is read from {', '.join(self.unread)}")
        return "\n".join(lines)
