"""Which columns of which table each file fills, by the names of its headings or by a source's mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.core.definition import EXTRA_PREFIX
from lib.core.errors import Fault, FileRefused, did_you_mean
from lib.core.source import TABLES, FileMapping, ImportTable, Source, TableMapping
from lib.store.files import DataFile


@dataclass(frozen=True)
class Feed:
    """One file's rows as rows of one table. Numbers are positions among the file's headings.

    `rest` pairs the keys of the table's JSON column with headings; `ignored`
    are the headings that go nowhere.
    """

    file: DataFile
    table: ImportTable
    columns: Mapping[str, int]
    rest: tuple[tuple[str, int], ...] = ()
    ignored: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    when_known: int | None = None
    time_zone: str | None = None
    date_formats: tuple[str, ...] = ()

    @property
    def filled(self) -> tuple[str, ...]:
        """The columns this feed fills, in the table's order; always those of the key."""
        given = {*self.columns, *self.constants, *self.table.key, *([self.table.rest] if self.rest else [])}
        return tuple(name for name in self.table.names if name in given)


def feed_by_kind(file: DataFile, kind: str) -> Feed:
    """The feed of a file whose headings are the columns of the table `kind`.

    Raises FileRefused when a column that the table needs is missing.
    """
    table = TABLES[kind]
    columns: dict[str, int] = {}
    others: list[tuple[str, int]] = []
    for position, heading in enumerate(file.headings):
        name = heading.strip().lower()
        if name in table.names:
            columns[name] = position
        elif name:
            others.append((heading.strip(), position))
    missing = [column.name for column in table.columns if column.in_file and column.name not in columns]
    if missing:
        raise FileRefused([_missing(file, name, [heading for heading, _ in others]) for name in missing])
    if table.rest is None:
        return Feed(file, table, columns, ignored=tuple(heading for heading, _ in others))
    return Feed(file, table, columns, rest=tuple((key.removeprefix(EXTRA_PREFIX), at) for key, at in others))


def feeds_by_source(file: DataFile, source: Source) -> tuple[Feed, ...]:
    """The feeds of a file of that source, one a table.

    The file is the one of the source's files with the most headings among
    those it has all headings of. Raises FileRefused when there is none.
    """
    positions = {heading.strip().lower(): at for at, heading in enumerate(file.headings)}
    found = [mapping for mapping in source.files if all(_at(positions, h) is not None for h in mapping.headings)]
    if not found:
        raise FileRefused(_unrecognised(file, positions, source))
    mapping = max(found, key=lambda candidate: len(candidate.headings))
    used = {heading.lower() for table in mapping.tables for heading in headings_of(table)}
    ignored = tuple(heading for heading in file.headings if heading.strip() and heading.strip().lower() not in used)
    return tuple(_mapped(file, positions, mapping, table, ignored) for table in mapping.tables)


def headings_of(mapping: TableMapping) -> tuple[str, ...]:
    """Every heading the mapping reads."""
    known = () if mapping.when_known is None else (mapping.when_known,)
    return (*mapping.columns.values(), *mapping.rest, *known)


def headings_known(kind: str | None, source: Source | None) -> frozenset[str]:
    """The headings, in lower case, that such an import understands."""
    if source is None:
        return frozenset(TABLES[kind].names if kind else ())
    tables = [table for file in source.files for table in file.tables]
    return frozenset(heading.lower() for table in tables for heading in headings_of(table))


def _mapped(
    file: DataFile, positions: Mapping[str, int], mapping: FileMapping, table: TableMapping, ignored: tuple[str, ...]
) -> Feed:
    missing = [heading for heading in headings_of(table) if _at(positions, heading) is None]
    if missing:
        raise FileRefused([_missing(file, heading, file.headings) for heading in dict.fromkeys(missing)])
    return Feed(
        file=file,
        table=TABLES[table.table],
        columns={column: positions[heading.strip().lower()] for column, heading in table.columns.items()},
        rest=tuple((heading.strip(), positions[heading.strip().lower()]) for heading in table.rest),
        ignored=ignored,
        constants=table.constants,
        values=table.values,
        when_known=None if table.when_known is None else positions[table.when_known.strip().lower()],
        time_zone=mapping.time_zone,
        date_formats=mapping.date_formats,
    )


def _at(positions: Mapping[str, int], heading: str) -> int | None:
    return positions.get(heading.strip().lower())


def _missing(file: DataFile, name: str, candidates: list[str] | tuple[str, ...]) -> Fault:
    headings = ", ".join(heading for heading in file.headings if heading)
    what = f"has no column '{name}'; its headings are {headings}"
    remedy = did_you_mean(name, [candidate for candidate in candidates if candidate]) or f"Add a column '{name}'."
    return Fault(file.name, what, remedy)


def _unrecognised(file: DataFile, positions: Mapping[str, int], source: Source) -> Fault:
    def lacking(mapping: FileMapping) -> list[str]:
        return [heading for heading in mapping.headings if _at(positions, heading) is None]

    nearest = min(source.files, key=lambda mapping: len(lacking(mapping)) / len(mapping.headings))
    headings = ", ".join(heading for heading in file.headings if heading)
    first = lacking(nearest)[0]
    remedy = did_you_mean(first, [heading for heading in file.headings if heading])
    what = f"is no file of the source '{source.name}' (no column '{first}'); its headings are {headings}"
    return Fault(file.name, what, remedy or "Give another --source, or import it --as a kind.")
