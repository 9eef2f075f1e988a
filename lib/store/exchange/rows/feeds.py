"""Which columns of which table each file fills, by the names of its headings or by a source's mapping."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lib.core.definition.criteria import EXTRA_PREFIX
from lib.core.errors import Fault, FileRefused, did_you_mean
from lib.core.exchange.field_names import OURS, FieldNames, field_names
from lib.core.exchange.mappings import (
    CellTest,
    Condition,
    FileMapping,
    KindRule,
    Source,
    TableMapping,
    headings_in,
    is_like,
    kind_rule,
    numbered,
)
from lib.core.exchange.reading import Notation
from lib.core.exchange.readings import OURS as READ_BY_OUR_OWN
from lib.core.exchange.readings import LeadReading, reading_of
from lib.core.exchange.tables import CHANGE, FED, TABLES, ImportColumn, ImportTable, ValueType
from lib.core.folding import fold
from lib.store.exchange.files.data_file import DataFile
from lib.store.exchange.files.files import look_at
from lib.store.exchange.rows.headings import TELL_BY_NUMBER, Cell, Headings, Reading, refuse_twice


@dataclass(frozen=True)
class Feed:
    """One file's rows as rows of one table.

    `columns` says how each column is read, the first reading with a value
    counting. `rest` pairs the keys of the table's JSON column with cells;
    `ignored` are the headings that go nowhere without a reason given. `when` and
    `unless` pair cells with conditions, `each` positions with the sign between the texts there.
    `source` is the name of what brings it, nothing for files by our own columns; `key`, `moves`, `gone`,
    `gone_at`, `of_several` and `undated` are as `TableMapping` has them.
    `decimal` is the sign before a fraction where somebody said it, `currency` that of amounts without one. With
    `placeholders`, a text like `N/A` stands for no value; `ids` names the shape that ids are brought to, but those
    that the database has in their short form, where there are `short_ids`. In a history of fields, `names` says what
    its names of them mean. Of leads, `said` says how they are read, and `reading` is the number that has in a database.
    """

    file: DataFile
    table: ImportTable
    columns: Mapping[str, tuple[Reading, ...]]
    rest: tuple[tuple[str, Cell], ...] = ()
    ignored: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    when: tuple[tuple[Cell, Condition], ...] = ()
    unless: tuple[tuple[Cell, Condition], ...] = ()
    when_known: tuple[Cell, ...] = ()
    each: tuple[tuple[int, str], ...] = ()
    id_of: str | None = None
    time_zone: str | None = None
    date_formats: tuple[str, ...] = ()
    decimal: str | None = None
    currency: str | None = None
    blank: tuple[str, ...] = ()
    source: str = ""
    key: tuple[Reading, ...] = ()
    moves: str | None = None
    gone: tuple[tuple[Cell, Condition], ...] = ()
    gone_at: tuple[Reading, ...] = ()
    of_several: str | None = None
    undated: str | None = None
    placeholders: bool = True
    ids: str | None = None
    short_ids: bool = False
    notation: Notation = field(default_factory=Notation)
    names: FieldNames | None = None
    said: LeadReading | None = None
    reading: int = 0

    @property
    def filled(self) -> tuple[str, ...]:
        """The columns this feed fills, in the table's order; always those of the key."""
        given = {*self.columns, *self.constants, *self.table.key, *([self.table.rest] if self.rest else [])}
        given |= {column.name for column in self.table.columns if column.by_reading}
        if (self.names_currency or self.rules) and self.table.rest:
            given.add(self.table.rest)
        if self.undated:
            given.add("created_at")
        if self.table is CHANGE:
            given.add("dated_by")
        return tuple(name for name in self.table.names if name in given)

    @property
    def rules(self) -> Mapping[str, KindRule]:
        """The kinds of its events that depend on what came before, by how they are written."""
        if self.table.name != "handoff_event":
            return {}
        texts = [self.constants.get("kind", ""), *self.values.get("kind", {}).values()]
        return {text: rule for text in texts if (rule := kind_rule(text)) is not None}

    @property
    def names_currency(self) -> bool:
        """Whether the file's amounts, or its mapping, say the currency that an event's detail has."""
        told = "amount" in self.notation.marked or (self.currency is not None and "amount" in self.columns)
        return self.table.name == "handoff_event" and told


def texts_of(condition: Condition) -> tuple[str, ...]:
    """The texts that a condition speaks of."""
    return (*condition.starts_with, *condition.is_not) if isinstance(condition, CellTest) else condition


def compared(cell: Cell, condition: CellTest, feed: Feed) -> ImportColumn:
    """What a cell is read as to be compared, under its heading's name."""
    kind = ValueType.INSTANT if condition.of_dates else ValueType.DOUBLE
    return ImportColumn(f"the column '{feed.file.headings[cell[0]]}'", kind)


@dataclass(frozen=True)
class Match:
    """A file recognised as one of a source's.

    `source` is the name of the mapping, `file` how it describes the file;
    of the file's own headings, `read` feed a table, `ignored` do not, for the reason given, and
    `unknown` are not spoken of. `missing` are names and headings the mapping would read and the file has not.
    """

    source: str
    file: FileMapping
    read: tuple[str, ...]
    ignored: Mapping[str, str]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    told_by: tuple[str, ...]
    """The set of headings it was recognised by."""

    @property
    def rank(self) -> tuple[int, int, int]:
        """The higher, the better the description fits the file."""
        return (len(self.told_by), len(self.read), -len(self.missing))


@dataclass(frozen=True)
class Recognised:
    """A file of an import and what it feeds: nothing where its mapping says `unused`, and why.

    `remarks` say how some of it was read.
    """

    file: DataFile
    feeds: tuple[Feed, ...]
    unused: str | None = None
    remarks: tuple[str, ...] = ()


def feed_by_kind(file: DataFile, kind: str) -> Feed:
    """The feed of a file whose headings are the columns of the table `kind`.

    Raises FileRefused when a column that the table needs is missing.
    """
    table = TABLES[kind]
    columns: dict[str, tuple[Reading, ...]] = {}
    others: list[tuple[str, Cell]] = []
    for position, heading in enumerate(file.headings):
        name = fold(heading)
        if name in table.names:
            columns[name] = (((position,),),)
        elif name:
            others.append((heading.strip(), (position,)))
    missing = [column.name for column in table.columns if column.in_file and column.name not in columns]
    if missing:
        raise FileRefused([_missing(file, name, [heading for heading, _ in others]) for name in missing])
    if table.rest is None:
        refuse_twice(file, columns)
        names = OURS if table is CHANGE else None
        return Feed(file, table, columns, ignored=tuple(heading for heading, _ in others), names=names)
    refuse_twice(file, file.headings)
    rest = tuple((key.removeprefix(EXTRA_PREFIX), at) for key, at in others)
    return Feed(file, table, columns, rest=rest, said=READ_BY_OUR_OWN if table.name == "lead" else None)


def recognise(path: Path, sources: Mapping[str, Source]) -> tuple[Match, ...]:
    """What the file may be, best first: every description among the `sources` (by name) that knows it; none, nothing.

    Only its start is read. Raises FileRefused for a file that is not what its
    name says, or cannot be read.
    """
    known = frozenset[str]().union(*(headings_known(None, source) for source in sources.values()))
    return recognise_headings(look_at(path, known).headings, sources)


def recognise_headings(headings: tuple[str, ...], sources: Mapping[str, Source]) -> tuple[Match, ...]:
    """The same for headings that have been read already."""
    matches = [
        match
        for name, source in sources.items()
        for mapping in source.files
        if (match := _match(headings, name, mapping)) is not None
    ]
    return tuple(sorted(matches, key=lambda match: match.rank, reverse=True))


def feeds_by_source(file: DataFile, source: Source) -> Recognised:
    """The feeds of a file of that source, one a table; the description that fits it best counts.

    Raises FileRefused when none does, or when the file lacks a heading that a table needs.
    """
    matches = recognise_headings(file.headings, {source.name: source})
    if not matches:
        raise FileRefused(_unrecognised(file, source))
    match = matches[0]
    if match.file.unused is not None:
        return Recognised(file, (), match.file.unused)
    headings = Headings(file.headings, match.file)
    told = headings.by_number({name for table in match.file.tables for name in table.named})
    refuse_twice(file, match.read, told, TELL_BY_NUMBER)
    feeds = [_mapped(file, headings, match, table, source) for table in match.file.tables if _is_fed(headings, table)]
    if not feeds:
        optional = [name for table in match.file.tables for name in (*table.when, *table.when_known, *table.each)]
        raise FileRefused(_missing(file, optional[0], file.headings))
    # What goes nowhere is said once a file, whatever it feeds.
    return Recognised(file, tuple(replace(feed, ignored=match.unknown, ids=source.ids) for feed in feeds))


def headings_of(mapping: FileMapping, table: TableMapping) -> tuple[str, ...]:
    """Every heading the mapping may read for this table."""
    return tuple(heading for name in table.named for heading in mapping.headings_for(name))


def headings_known(kind: str | None, source: Source | None) -> frozenset[str]:
    """The headings, folded, that such an import understands."""
    if source is None:
        return frozenset(TABLES[kind].names if kind else ())
    named = {heading for file in source.files for table in file.tables for heading in headings_of(file, table)}
    named |= {
        heading for file in source.files for one in file.headings for name in one for heading in file.headings_for(name)
    }
    return frozenset(fold(several[0] if (several := numbered(heading)) else heading) for heading in named)


def _match(file_headings: tuple[str, ...], source: str, mapping: FileMapping) -> Match | None:
    headings = Headings(file_headings, mapping)
    sets = [names for names in mapping.headings if names and headings.has_all(names)]
    if not sets:
        return None
    cells = {name: headings.cell(name) for table in mapping.tables for name in table.named}
    read = {at for cell in cells.values() for at in cell}
    ignored = {
        heading: reason
        for at, heading in enumerate(file_headings)
        if heading.strip() and at not in read and (reason := _reason(heading, mapping.ignore)) is not None
    }
    left = [
        at for at, heading in enumerate(file_headings) if heading.strip() and at not in read and heading not in ignored
    ]
    if any(table.others for table in mapping.tables):
        read.update(left)
        left = []
    told_by = max(sets, key=len)
    if mapping.unused is not None:
        ignored = {heading: mapping.unused for heading in file_headings if heading.strip()}
        left = []
    return Match(
        source=source,
        file=mapping,
        read=tuple(heading for at, heading in enumerate(file_headings) if at in read),
        ignored=ignored,
        unknown=tuple(file_headings[at] for at in left),
        missing=tuple(name for name, cell in cells.items() if not cell),
        told_by=told_by,
    )


def _reason(heading: str, ignore: Mapping[str, str]) -> str | None:
    """Why a heading is ignored, None where it is not."""
    return next((reason for pattern, reason in ignore.items() if is_like(heading, pattern)), None)


def _is_fed(headings: Headings, table: TableMapping) -> bool:
    """Whether a file with these headings can say anything about the table."""
    return headings.has_all((*table.when, *table.when_known, *table.each))


def _mapped(file: DataFile, headings: Headings, match: Match, mapping: TableMapping, source: Source) -> Feed:
    table = FED[mapping.table]
    names = field_names(source, mapping) if table is CHANGE else None
    columns: dict[str, tuple[Reading, ...]] = {}
    faults: list[Fault] = []
    for column, texts in mapping.columns.items():
        if readings := _readings(headings, texts):
            columns[column] = readings
        elif table.column(column).in_file:
            heading = match.file.headings_for(headings_in(texts[0])[0])[0]
            faults.append(_missing(file, heading, file.headings))
    if faults:
        raise FileRefused(faults)
    rest = {name.strip(): cell for name in mapping.rest if (cell := headings.cell(name))}
    if mapping.others:
        spoken_of = {at for one in match.file.tables for name in one.named for at in headings.cell(name)}
        for at, heading in enumerate(file.headings):
            if heading.strip() and at not in spoken_of and heading not in match.ignored:
                rest.setdefault(heading.strip(), (at,))
    return Feed(
        file=file,
        table=table,
        columns=columns,
        rest=tuple(rest.items()),
        constants=mapping.constants,
        # Of a history's fields, its names say what becomes of which.
        values={
            column: values
            for column, values in mapping.values.items()
            if column in columns and not (names and column == "field")
        },
        when=_conditions(headings, mapping.when),
        unless=_conditions(headings, mapping.unless),
        when_known=tuple(headings.cell(name) for name in mapping.when_known),
        each=tuple((at, sign) for name, sign in mapping.each.items() for at in headings.cell(name)),
        id_of=mapping.id_of,
        time_zone=match.file.time_zone,
        date_formats=match.file.date_formats,
        decimal=match.file.decimal,
        currency=match.file.currency,
        blank=match.file.blank if names is None else (*match.file.blank, *names.blank),
        source=match.source,
        key=_readings(headings, mapping.key),
        moves=mapping.moves,
        gone=_conditions(headings, mapping.gone),
        gone_at=_readings(headings, mapping.gone_at),
        of_several=mapping.of_several,
        undated=mapping.undated,
        placeholders=match.file.placeholders,
        names=names,
        said=reading_of(source) if table.name == "lead" else None,
    )


def _readings(headings: Headings, texts: Iterable[str]) -> tuple[Reading, ...]:
    return tuple(reading for text in texts if (reading := headings.reading(text)))


def _conditions(headings: Headings, conditions: Mapping[str, Condition]) -> tuple[tuple[Cell, Condition], ...]:
    return tuple((cell, condition) for name, condition in conditions.items() if (cell := headings.cell(name)))


def _missing(file: DataFile, name: str, candidates: Collection[str]) -> Fault:
    what = f"has no column '{name}'; its headings are {_listed(file)}"
    remedy = did_you_mean(name, [candidate for candidate in candidates if candidate]) or f"Add a column '{name}'."
    return Fault(file.name, what, remedy)


def _unrecognised(file: DataFile, source: Source) -> Fault:
    nearest: tuple[float, str] | None = None
    for mapping in source.files:
        headings = Headings(file.headings, mapping)
        for names in mapping.headings:
            lacking = [name for name in names if not headings.cell(name)]
            share = len(lacking) / len(names)
            if nearest is None or share < nearest[0]:
                nearest = (share, mapping.headings_for(lacking[0])[0])
    first = nearest[1] if nearest else ""
    remedy = did_you_mean(first, [heading for heading in file.headings if heading])
    what = f"is no file of the source '{source.name}' (no column '{first}'); its headings are {_listed(file)}"
    return Fault(file.name, what, remedy or "Give another --source, or import it --as a kind.")


HEADINGS_LISTED = 40


def _listed(file: DataFile) -> str:
    headings = [heading for heading in file.headings if heading]
    more = len(headings) - HEADINGS_LISTED
    return ", ".join(headings[:HEADINGS_LISTED]) + (f" and {more:,} more" if more > 0 else "")
