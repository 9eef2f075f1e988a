"""What can be imported, and how another system's files map onto it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ValueType(StrEnum):
    """What a column holds; the value is the name used in messages: "'x' is not a date"."""

    TEXT = "text"
    INSTANT = "date"
    MONTH = "month"
    WHOLE = "whole number"
    DECIMAL = "amount"
    DOUBLE = "number"
    OBJECT = "JSON object"


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One column a file can fill.

    `in_file`: a file without it is refused. `in_row`: a row in which it is
    unknown is rejected. `one_of`: the words it may hold, compared in lower case.
    """

    name: str
    type: ValueType = ValueType.TEXT
    in_file: bool = False
    in_row: bool = False
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportTable:
    """One table a file can fill.

    `key` is what makes two rows the same row. `rest` is the JSON column that
    takes the headings no column is called by, None where they are ignored.
    """

    name: str
    columns: tuple[ImportColumn, ...]
    key: tuple[str, ...]
    rest: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ImportColumn:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


EVENT_KINDS = (
    "mql",
    "assigned",
    "first_touch",
    "accepted",
    "rejected",
    "sql",
    "opportunity",
    "won",
    "lost",
    "recycled",
    "disqualified",
    "retracted",
)
"""The kinds of hand-off events, in the order they count at one instant."""

GOAL_METRICS = ("mql", "sal", "sql")

TABLES: Mapping[str, ImportTable] = {
    table.name: table
    for table in (
        ImportTable(
            "lead",
            (
                ImportColumn("lead_id", in_file=True, in_row=True),
                ImportColumn("created_at", ValueType.INSTANT),
                ImportColumn("first_name"),
                ImportColumn("last_name"),
                ImportColumn("title"),
                ImportColumn("email"),
                ImportColumn("phone"),
                ImportColumn("company"),
                ImportColumn("employees", ValueType.WHOLE),
                ImportColumn("industry"),
                ImportColumn("country"),
                ImportColumn("channel"),
                ImportColumn("source"),
                ImportColumn("landing_page"),
                ImportColumn("owner"),
                ImportColumn("cost", ValueType.DECIMAL),
                ImportColumn("extra", ValueType.OBJECT),
            ),
            key=("lead_id",),
            rest="extra",
        ),
        ImportTable(
            "rep",
            (
                ImportColumn("rep_id", in_file=True, in_row=True),
                ImportColumn("name"),
                ImportColumn("team"),
                ImportColumn("calendar"),
                ImportColumn("capacity_per_day", ValueType.DOUBLE),
            ),
            key=("rep_id",),
        ),
        ImportTable(
            "goal",
            (
                ImportColumn("month", ValueType.MONTH, in_file=True, in_row=True),
                ImportColumn("metric", in_file=True, in_row=True, one_of=GOAL_METRICS),
                ImportColumn("target", ValueType.WHOLE, in_file=True, in_row=True),
            ),
            key=("month", "metric"),
        ),
        ImportTable(
            "spend",
            (
                ImportColumn("month", ValueType.MONTH, in_file=True, in_row=True),
                ImportColumn("channel"),
                ImportColumn("source"),
                ImportColumn("amount", ValueType.DECIMAL, in_file=True, in_row=True),
            ),
            key=("month", "channel", "source"),
        ),
        ImportTable(
            "activity",
            (
                ImportColumn("activity_id"),
                ImportColumn("lead_id", in_file=True, in_row=True),
                ImportColumn("occurred_at", ValueType.INSTANT, in_file=True, in_row=True),
                ImportColumn("kind", in_file=True, in_row=True),
                ImportColumn("subject"),
                ImportColumn("amount", ValueType.DOUBLE),
            ),
            key=("activity_id",),
        ),
        ImportTable(
            "handoff_event",
            (
                ImportColumn("event_id"),
                ImportColumn("lead_id", in_file=True, in_row=True),
                ImportColumn("occurred_at", ValueType.INSTANT, in_file=True, in_row=True),
                ImportColumn("kind", in_file=True, in_row=True, one_of=EVENT_KINDS),
                ImportColumn("actor"),
                ImportColumn("reason"),
                ImportColumn("amount", ValueType.DECIMAL),
                ImportColumn("detail", ValueType.OBJECT),
            ),
            key=("event_id",),
            rest="detail",
        ),
    )
}
"""The tables by name, in the order an import fills them: leads before what they did."""


@dataclass(frozen=True)
class TableMapping:
    """How the rows of one file become rows of one table.

    `columns` says which heading fills a column, `constants` which text fills it
    in every row, `values` which texts of a column become which others (compared
    trimmed and in lower case; the rest stay). The headings in `rest` go to the
    table's JSON column. Where the heading `when_known` is blank, the row says
    nothing about this table and is passed over.
    """

    table: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    when_known: str | None = None


@dataclass(frozen=True)
class FileMapping:
    """One of a system's files, known by its `headings`, and the tables it feeds.

    `time_zone` is where instants without an offset were written down (None: as
    in any other file, UTC, and the reporting time zone for a date alone);
    `date_formats` are strptime patterns, none for ISO 8601.
    """

    headings: tuple[str, ...]
    tables: tuple[TableMapping, ...]
    time_zone: str | None = None
    date_formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A system whose files we can read, and how."""

    name: str
    files: tuple[FileMapping, ...]
