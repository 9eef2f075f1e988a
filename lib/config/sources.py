"""A system's files and what their columns mean: `config/sources/<name>.yaml`, read and checked whole."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lib.config.yaml_tree import Entry, optional, read_yaml
from lib.core.errors import ConfigRefused
from lib.core.source import TABLES, FileMapping, ImportTable, Source, TableMapping

DIRECTIVE = re.compile(r"%(-?.|$)")
DIRECTIVES = frozenset("aAbBdmyYHIpMSfzjcxXn%") | {f"-{letter}" for letter in "dmyHIMSj"}


def read_source(text: str, file: str) -> Source:
    """The source that a YAML text describes; `file` is the name it has in messages.

    Raises ConfigRefused with every fault: unknown keys, tables and columns, a
    table without a column it needs, a time zone or date format that is none.
    """
    return read_yaml(text, file, ConfigRefused, _source)


def _source(root: Entry) -> Source:
    keys = root.keys(("name", "files"), required=("name", "files"))
    name = optional(keys, "name", Entry.text)
    items = optional(keys, "files", Entry.items) or []
    if "files" in keys and not items:
        keys["files"].refuse("no file is described", "Describe at least one file by its headings.")
    files = [_file(item.inside(f"file {number}")) for number, item in enumerate(items, start=1)]
    return Source(name or "", tuple(files))


def _file(item: Entry) -> FileMapping:
    keys = item.keys(("headings", "time_zone", "date_format", "tables"), required=("headings", "tables"))
    tables = optional(keys, "tables", Entry.items) or []
    if "tables" in keys and not tables:
        keys["tables"].refuse("no table is fed", "Name at least one table and its columns.")
    return FileMapping(
        headings=optional(keys, "headings", Entry.texts) or (),
        tables=tuple(_table(table.inside(f"table {number}")) for number, table in enumerate(tables, start=1)),
        time_zone=optional(keys, "time_zone", _time_zone),
        date_formats=optional(keys, "date_format", _date_formats) or (),
    )


def _table(item: Entry) -> TableMapping:
    known = ("table", "columns", "constants", "values", "rest", "when_known")
    keys = item.keys(known, required=("table", "columns"))
    name = optional(keys, "table", lambda entry: entry.choice(TABLES, "table"))
    table = TABLES.get(name or "")
    columns = optional(keys, "columns", lambda entry: _texts_by_column(entry, table)) or {}
    constants = optional(keys, "constants", lambda entry: _texts_by_column(entry, table)) or {}
    for column in columns.keys() & constants.keys():
        keys["constants"].refuse(f"'{column}' is read from a heading and a constant too", "Keep one of them.")
    values: dict[str, Mapping[str, str]] = {}
    for column, entry in (keys["values"].entries() if "values" in keys else {}).items():
        if column not in columns:
            entry.refuse(f"'{column}' is read from no heading", "Name it under columns first.")
        values[column] = {old: text for old, new in entry.entries().items() if (text := new.text()) is not None}
    rest = optional(keys, "rest", Entry.texts) or ()
    if table is not None:
        if rest and table.rest is None:
            keys["rest"].refuse(f"'{table.name}' has no place for other columns", "Leave 'rest' out.")
        for needed in table.columns:
            if needed.in_file and "columns" in keys and needed.name not in columns and needed.name not in constants:
                keys["columns"].refuse(f"'{table.name}' needs '{needed.name}'", "Say which heading it is read from.")
    return TableMapping(
        table=name or "",
        columns=columns,
        constants=constants,
        values=values,
        rest=rest,
        when_known=optional(keys, "when_known", Entry.text),
    )


def _texts_by_column(item: Entry, table: ImportTable | None) -> dict[str, str]:
    entries = item.entries() if table is None else item.keys(table.names)
    return {column: text for column, entry in entries.items() if (text := entry.text()) is not None}


def _time_zone(item: Entry) -> str | None:
    name = item.text()
    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        item.refuse(f"no time zone is called '{name}'", "Write one like 'Europe/Madrid' or 'UTC'.")
        return None
    return name


def _date_formats(item: Entry) -> tuple[str, ...]:
    patterns = item.texts()
    for pattern in patterns:
        wrong = [part for part in DIRECTIVE.findall(pattern) if part not in DIRECTIVES]
        if wrong or "%" not in pattern:
            item.refuse(f"'{pattern}' is no date format", "Write one like '%d/%m/%Y %H:%M'.")
    return patterns
