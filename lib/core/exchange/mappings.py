"""How another system's files map onto the tables (docs/sources.md says it to people)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from lib.core.folding import fold

GONE_FROM = ("lead", "activity", "handoff_event")
"""The tables of which a mapping can say that a row is gone at its source."""

ADDS = "adds"
"""What a mapping says of a date that leaves the event of the date before as it was, when it moves."""

DATED_KINDS = ("mql", "assigned", "first_touch")
"""The kinds of events of which each instant is a fact of its own: a system that overwrites such a date adds one."""

EARLIEST, LATEST = "earliest", "latest"
"""Which of several rows about one thing counts."""

SEVERAL_OF: Mapping[str, tuple[str, ...]] = {
    "lead": (EARLIEST,),
    "activity": (EARLIEST, LATEST),
    "handoff_event": (EARLIEST, LATEST),
}
"""The tables of which a mapping can say which of several rows counts, and what it can say."""

FIRST_EVENT, IMPORT = "first_event", "import"

UNDATED = (FIRST_EVENT, IMPORT)
"""What dates a lead whose source does not."""

_RULE = re.compile(r"(\w+) unless (\w+),? else (\w+)")


@dataclass(frozen=True, slots=True)
class KindRule:
    """A kind that depends on what came before in the lead's cycle: `kind` unless `unless` did, else `other`."""

    kind: str
    unless: str
    other: str

    def __str__(self) -> str:
        return f"{self.kind} unless {self.unless} else {self.other}"


def kind_rule(text: str) -> KindRule | None:
    """The rule of a text like `rejected unless accepted else lost`; None of any other."""
    found = _RULE.fullmatch(" ".join(fold(text).split()))
    return KindRule(*found.groups()) if found else None


ELSE, SKIP = "else", "skip"
"""In a map of values: every text that is not named, and what becomes of one whose row is passed over."""

_PART = re.compile(r"\{([^{}]+)\}")


COMPARISONS = ("at_least", "at_most", "more_than", "less_than")
"""The ways to compare a cell with a number or a date."""


@dataclass(frozen=True, slots=True)
class CellTest:
    """What a cell must be, all of it: with a value or without one, begun by one of some texts, none of others, within
    `bounds`.

    Those pair a name of `COMPARISONS` with a number, or with an ISO date where `of_dates`.
    A cell without a value is in no bounds and is no other text.
    """

    known: bool | None = None
    starts_with: tuple[str, ...] = ()
    is_not: tuple[str, ...] = ()
    bounds: tuple[tuple[str, str], ...] = ()
    of_dates: bool = False


Condition = tuple[str, ...] | CellTest
"""The texts of which a cell has one, or what it must be otherwise."""


@dataclass(frozen=True)
class TableMapping:
    """How the rows of one file become rows of one table.

    `columns` says which headings fill a column: the first of them with a value
    in the row; one like `{a} {b}` joins the values of several. `constants`
    fill a column in every row. `values` says which texts of a column become
    which others (compared trimmed and in lower case; `ELSE` those not named,
    which stay without it; `SKIP` passes the row over). The headings in `rest` go to the table's
    JSON column under these names, and with `others` every heading that no table of the file reads
    and the file does not ignore.

    A row says something about this table only where each heading of `when` meets
    its condition, none of `unless` does, and all of `when_known` have a value.
    A heading of `each` holds several texts with this sign between them, and the row counts once for each.
    `id_of` names the kind of id in `lead_id` (of an alias: in `alias`) where it is not a lead's.

    `key` is read as a column is, and says of which thing of the source an event is a statement; with `moves: ADDS`
    each instant of it is a statement of its own. A row where a heading of `gone` meets its condition is no row:
    what it says is that its lead, activity or event is gone, of a lead since the instant of the headings in `gone_at`.

    Of several rows about one event or activity the one `of_several` counts, of a lead the earliest date: in one file,
    and beside what is there. A lead without a date is dated by what `undated` names.
    """

    table: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    others: bool = False
    when: Mapping[str, Condition] = field(default_factory=dict)
    unless: Mapping[str, Condition] = field(default_factory=dict)
    when_known: tuple[str, ...] = ()
    each: Mapping[str, str] = field(default_factory=dict)
    id_of: str | None = None
    key: tuple[str, ...] = ()
    moves: str | None = None
    gone: Mapping[str, Condition] = field(default_factory=dict)
    gone_at: tuple[str, ...] = ()
    of_several: str | None = None
    undated: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Every heading or name it reads, once, in the order written."""
        texts = [*(text for texts in self.columns.values() for text in texts), *self.key, *self.gone_at]
        columns = [name for text in texts for name in headings_in(text)]
        conditions = [*self.when, *self.unless, *self.when_known, *self.each, *self.gone]
        return tuple(dict.fromkeys([*columns, *self.rest, *conditions]))


@dataclass(frozen=True)
class FileMapping:
    """One of a system's files: how it is recognised, and the tables it feeds.

    A file is recognised by any one of the sets of `headings`, when it has all
    of that set. `names` gives one name to what is headed differently from
    export to export; a name can stand wherever a heading can. Where one is written several times, `Date#2` is the
    second. `time_zone` is where instants without an offset were written down (None: as in any other
    file, UTC, and the reporting time zone for a date alone); `date_formats`
    are strptime patterns, `NUMBERED_DATES` or `ISO`, none for ISO 8601; `decimal` is the sign before a
    fraction, `.` or `,`; `currency` the code of what amounts are in that do not say it. Texts in `blank`
    are no value, nor, with `placeholders`, those of `PLACEHOLDERS`. `ignore` gives
    the reason why a heading (or all that match `a*`) is not read, `unused` the
    reason why the whole file is not.
    """

    headings: tuple[tuple[str, ...], ...]
    tables: tuple[TableMapping, ...]
    what: str = ""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    time_zone: str | None = None
    date_formats: tuple[str, ...] = ()
    decimal: str | None = None
    currency: str | None = None
    blank: tuple[str, ...] = ()
    placeholders: bool = True
    ignore: Mapping[str, str] = field(default_factory=dict)
    unused: str | None = None

    def headings_for(self, name: str) -> tuple[str, ...]:
        """What a name stands for: its headings, or itself where it is one."""
        return self.names.get(name, (name,))


@dataclass(frozen=True)
class Export:
    """How what we know is written for the system: which of our columns stands under which of its headings.

    `values` says, by our column, which of our texts become which of theirs;
    `constants` fill a heading in every row. Instants are written in `time_zone`
    by `date_format` (a strftime pattern), without one as ISO 8601.
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    time_zone: str | None = None
    date_format: str | None = None


@dataclass(frozen=True)
class Source:
    """A system whose files we can read, and what we write for it (by `EXPORTS`); `ids` is the shape of its ids."""

    name: str
    files: tuple[FileMapping, ...]
    export: Mapping[str, Export] = field(default_factory=dict)
    ids: str | None = None


EXPORTS: Mapping[str, tuple[str, ...]] = {
    "scores": (
        "lead_id",
        "score",
        "profile",
        "channel",
        "actions",
        "undesirables",
        "disqualified",
        "qualified_at",
        "score_at_qualification",
    ),
    "mqls": (
        "handoff_id",
        "lead_id",
        "mql_at",
        "score",
        "definition_version",
        "owner",
        "assigned_at",
        "state",
        "implied",
        "below_line",
    ),
    "decisions": ("handoff_id", "lead_id", "decided_at", "decision", "implied", "reason", "owner", "mql_at", "sql_at"),
}
"""What can be exported, and the columns each has; `lead.<column>` is any column of the lead besides."""


LEAD_PREFIX = "lead."
"""Before the name of a column of the lead, in an export."""


def template_parts(text: str) -> tuple[str | tuple[str], ...]:
    """The parts of a text like `{a}: {b}`: what is written, and in a 1-tuple what is read; of a heading, that alone."""
    if not _PART.search(text):
        return ((text,),)
    parts: list[str | tuple[str]] = []
    end = 0
    for found in _PART.finditer(text):
        if found.start() > end:
            parts.append(text[end : found.start()])
        parts.append((found.group(1).strip(),))
        end = found.end()
    return (*parts, text[end:]) if end < len(text) else tuple(parts)


def headings_in(text: str) -> tuple[str, ...]:
    """The headings or names that a column's text reads."""
    return tuple(part[0] for part in template_parts(text) if isinstance(part, tuple))


def numbered(heading: str) -> tuple[str, int] | None:
    """`Date` and 2 of `Date#2`, which means the second column under a heading; None of any other text."""
    name, sign, number = heading.rpartition("#")
    return (name, int(number)) if sign and name.strip() and re.fullmatch("[1-9][0-9]{0,4}", number) else None


def folded(heading: str) -> str:
    """A heading as it is compared: letters and digits, folded, so that `First Name`, `first_name` and `FirstName`
    are one. Of a heading without any, itself."""
    kept = "".join(character for character in fold(heading) if character.isalnum())
    return kept or heading.strip()


def is_like(heading: str, pattern: str) -> bool:
    """Whether a heading is one that a pattern like `a*` names; without a star, in whatever spelling."""
    start, star, rest = pattern.strip().partition("*")
    if not star:
        return folded(heading) == folded(pattern)
    if not rest:
        return not start or folded(heading).startswith(folded(start))
    return fnmatchcase(fold(heading), fold(pattern))
