"""The tables that can be imported, and their columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lib.core.handoffs.events import EVENT_KINDS


class ValueType(StrEnum):
    """What a column holds; the value is the name used in messages: "'x' is not a date"."""

    TEXT = "text"
    INSTANT = "date"
    MONTH = "month"
    WHOLE = "whole number"
    DECIMAL = "amount"
    DOUBLE = "number"
    OBJECT = "JSON object"
    TRUTH = "true or false"


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One column a file can fill.

    `in_file`: a file without it is refused. `in_row`: a row in which it is
    unknown is rejected. `one_of`: the words it may hold, compared in lower case.
    `is_id`: it names somebody or something. `by_reading`: where a file does not
    say it, the way the file writes its dates does. `beside`: it is said of the row, and no part of it.
    """

    name: str
    type: ValueType = ValueType.TEXT
    in_file: bool = False
    in_row: bool = False
    one_of: tuple[str, ...] = ()
    is_id: bool = False
    by_reading: bool = False
    beside: bool = False


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

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns that a row of it has."""
        return tuple(column.name for column in self.columns if not column.beside)

    def column(self, name: str) -> ImportColumn:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


GOAL_METRICS = ("mql", "sal", "sql")

BY_SOURCE, BY_IMPORT = "source", "import"

DATED_BY = (BY_SOURCE, BY_IMPORT)
"""What says when a field changed: its source, or the import that first saw it."""

TABLES: Mapping[str, ImportTable] = {
    table.name: table
    for table in (
        ImportTable(
            "lead",
            (
                ImportColumn("lead_id", in_file=True, in_row=True, is_id=True),
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
                ImportColumn("owner", is_id=True),
                ImportColumn("cost", ValueType.DECIMAL),
                ImportColumn("extra", ValueType.OBJECT),
                ImportColumn("stated_at", ValueType.INSTANT, beside=True),
            ),
            key=("lead_id",),
            rest="extra",
        ),
        ImportTable(
            "rep",
            (
                ImportColumn("rep_id", in_file=True, in_row=True, is_id=True),
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
            "lead_change",
            (
                ImportColumn("lead_id", in_file=True, in_row=True, is_id=True),
                ImportColumn("field", in_file=True, in_row=True),
                ImportColumn("old_value"),
                ImportColumn("value", in_file=True),
                ImportColumn("changed_at", ValueType.INSTANT, in_file=True, in_row=True),
                ImportColumn("dated_by", one_of=DATED_BY),
            ),
            key=("lead_id", "field", "changed_at"),
        ),
        ImportTable(
            "activity",
            (
                ImportColumn("activity_id", is_id=True),
                ImportColumn("lead_id", in_file=True, in_row=True, is_id=True),
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
                ImportColumn("event_id", is_id=True),
                ImportColumn("lead_id", in_file=True, in_row=True, is_id=True),
                ImportColumn("occurred_at", ValueType.INSTANT, in_file=True, in_row=True),
                ImportColumn("kind", in_file=True, in_row=True, one_of=EVENT_KINDS),
                ImportColumn("actor", is_id=True),
                ImportColumn("reason"),
                ImportColumn("amount", ValueType.DECIMAL),
                ImportColumn("detail", ValueType.OBJECT),
                ImportColumn("stated_at", ValueType.INSTANT),
                ImportColumn("by_day", ValueType.TRUTH, by_reading=True),
                ImportColumn("day_ends_at", ValueType.INSTANT, by_reading=True),
            ),
            key=("event_id",),
            rest="detail",
        ),
    )
}
"""The tables by name, in the order an import fills them: leads before what they did."""

CHANGE = TABLES["lead_change"]
"""What the fields of leads were before, and since when they are what they are."""


ALIAS = ImportTable(
    "lead_alias",
    (
        ImportColumn("alias", in_file=True, in_row=True, is_id=True),
        ImportColumn("lead_id", in_file=True, in_row=True, is_id=True),
    ),
    key=("alias", "lead_id"),
)
"""Other ids a lead goes by: its deal's, its contact's, its e-mail address."""

MERGE = ImportTable(
    "lead_merge",
    (
        ImportColumn("kept", in_file=True, in_row=True),
        ImportColumn("gone", in_file=True, in_row=True),
    ),
    key=("kept", "gone"),
)
"""Leads that a system says it merged into another one."""

QUEUE = ImportTable(
    "queue",
    (ImportColumn("queue_id", in_file=True, in_row=True, is_id=True),),
    key=("queue_id",),
)
"""Ids of owners that are nobody."""

FED: Mapping[str, ImportTable] = {
    name: table
    for kind, found in TABLES.items()
    for name, table in (
        (kind, found),
        *([(one.name, one) for one in (ALIAS, MERGE, QUEUE)] if kind == "lead" else []),
    )
}
"""The tables a mapping can feed, in the order an import fills them: what is said of leads comes after them."""
