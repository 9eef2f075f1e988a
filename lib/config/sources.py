"""A system's files and what their columns mean: `config/sources/<name>.yaml`, read and checked whole, or written."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lib.config.yaml_tree import YamlEntry, optional, read_yaml
from lib.core.definition.criteria import EXTRA_PREFIX
from lib.core.errors import ConfigRefused, did_you_mean
from lib.core.exchange.field_names import CHANGING, own_field
from lib.core.exchange.mappings import (
    ADDS,
    COMPARISONS,
    DATED_KINDS,
    ELSE,
    EXPORTS,
    GONE_FROM,
    LEAD_PREFIX,
    SEVERAL_OF,
    SKIP,
    UNDATED,
    CellTest,
    Condition,
    Export,
    FileMapping,
    Source,
    TableMapping,
    headings_in,
    kind_rule,
)
from lib.core.exchange.reading import CURRENCY_CODES, ID_SHAPES, ISO, NUMBERED_DATES
from lib.core.exchange.tables import CHANGE, FED, TABLES, ImportTable
from lib.core.folding import fold
from lib.core.numbers import NUMBER

DIRECTIVE = re.compile(r"%(-?.|$)")
DIRECTIVES = frozenset("aAbBdmyYHIpMSfzjcxXn%") | {f"-{letter}" for letter in "dmyHIMSj"}

FILE_KEYS = (
    "what",
    "headings",
    "names",
    "time_zone",
    "date_format",
    "decimal",
    "currency",
    "blank",
    "placeholders",
    "ignore",
    "unused",
    "tables",
)
TABLE_KEYS = (
    "table",
    "id_of",
    "key",
    "moves",
    "columns",
    "constants",
    "values",
    "rest",
    "others",
    "when",
    "unless",
    "when_known",
    "each",
    "gone",
    "gone_at",
    "of_several",
    "undated",
)
PLACEHOLDERS_ARE = ("blank", "kept")
"""What becomes of texts like `N/A`."""

EVENTS = "handoff_event"

ISO_OPERAND = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
)
"""A date to compare with, or an instant."""

EXPORT_KEYS = ("columns", "constants", "values", "time_zone", "date_format")


def read_source(text: str, file: str) -> Source:
    """The source that a YAML text describes; `file` is the name it has in messages.

    Raises ConfigRefused with every fault: unknown keys, tables and columns, a
    table without a column it needs, a time zone or date format that is none, a name nobody uses.
    """
    return read_yaml(text, file, ConfigRefused, _source)


def is_date_format(pattern: str) -> bool:
    """Whether the text says how a date is written: as strptime has it (`%d/%m/%Y %H:%M`), ISO, or as which number."""
    return pattern in (ISO, *NUMBERED_DATES) or is_date_pattern(pattern)


def is_date_pattern(pattern: str) -> bool:
    """Whether the text says how a date is written as strptime has it."""
    return "%" in pattern and all(part in DIRECTIVES for part in DIRECTIVE.findall(pattern))


def _source(root: YamlEntry) -> Source:
    keys = root.keys(("name", "ids", "files", "export"), required=("name", "files"))
    name = optional(keys, "name", YamlEntry.text)
    items = optional(keys, "files", YamlEntry.items) or []
    if "files" in keys and not items:
        keys["files"].refuse("no file is described", "Describe at least one file by its headings.")
    files = [_file(_numbered(item, number)) for number, item in enumerate(items, start=1)]
    exports = keys["export"].keys(EXPORTS) if "export" in keys else {}
    return Source(
        name or "",
        tuple(files),
        {kind: _export(entry.inside(f"export of {kind}"), kind) for kind, entry in exports.items()},
        ids=optional(keys, "ids", lambda entry: entry.choice(ID_SHAPES, "shape of ids")),
    )


def _numbered(item: YamlEntry, number: int) -> YamlEntry:
    what = item.peek().get("what")
    return item.inside(f"file {number} ({what})" if what else f"file {number}")


def _file(item: YamlEntry) -> FileMapping:
    told = item.peek()
    keys = item.keys(FILE_KEYS, required=("headings",) if "unused" in told else ("headings", "tables"))
    tables = optional(keys, "tables", YamlEntry.items) or []
    if "tables" in keys and "unused" in keys:
        keys["unused"].refuse("the file is unused and feeds a table too", "Keep one of 'unused' and 'tables'.")
    elif "tables" in keys and not tables:
        keys["tables"].refuse("no table is fed", "Name at least one table and its columns.")
    mapping = FileMapping(
        headings=optional(keys, "headings", _heading_sets) or (),
        tables=tuple(_table(table.inside(f"table {number}")) for number, table in enumerate(tables, start=1)),
        what=optional(keys, "what", YamlEntry.text) or "",
        names=optional(keys, "names", _texts_by_key) or {},
        time_zone=optional(keys, "time_zone", _time_zone),
        date_formats=optional(keys, "date_format", _date_formats) or (),
        decimal=optional(keys, "decimal", lambda entry: entry.choice((".", ","), "decimal sign")),
        currency=optional(keys, "currency", lambda entry: entry.choice(sorted(CURRENCY_CODES), "currency")),
        blank=optional(keys, "blank", YamlEntry.texts) or (),
        placeholders=optional(keys, "placeholders", lambda entry: entry.choice(PLACEHOLDERS_ARE, "word")) != "kept",
        ignore=optional(keys, "ignore", _text_by_key) or {},
        unused=optional(keys, "unused", YamlEntry.text),
    )
    if mapping.currency and not any("amount" in one.columns and one.table == EVENTS for one in mapping.tables):
        keys["currency"].refuse("no amount of an event is read from the file", "Leave 'currency' out.")
    used = {name for table in mapping.tables for name in table.named}
    used |= {name for headings in mapping.headings for name in headings}
    for name in mapping.names:
        if name not in used:
            near = did_you_mean(name, [other for other in used if other not in mapping.names])
            keys["names"].refuse(f"the name '{name}' is used nowhere", near or "Use it in a table, or remove it.")
    return mapping


def _table(item: YamlEntry) -> TableMapping:
    keys = item.keys(TABLE_KEYS, required=("table", "columns"))
    name = optional(keys, "table", lambda entry: entry.choice(FED, "table"))
    table = FED.get(name or "")
    columns = optional(keys, "columns", lambda entry: _columns(entry, table)) or {}
    constants = optional(keys, "constants", lambda entry: _text_by_column(entry, table)) or {}
    for column in columns.keys() & constants.keys():
        keys["constants"].refuse(f"'{column}' is read from a heading and a constant too", "Keep one of them.")
    values = optional(keys, "values", _value_maps) or {}
    for column in values:
        if column not in columns:
            keys["values"].entries()[column].refuse(
                f"'{column}' is read from no heading", "Name it under columns first."
            )
    if table is not None:
        _check_words(keys, table, constants, values)
        if table is CHANGE:
            _check_fields(keys, constants.get("field"), values.get("field", {}))
        for key in ("rest", "others"):
            if key in keys and table.rest is None:
                keys[key].refuse(f"'{table.name}' has no place for other columns", f"Leave '{key}' out.")
        if "id_of" in keys and "lead_id" not in table.names:
            keys["id_of"].refuse(f"'{table.name}' has no lead_id", "Leave 'id_of' out.")
        for key in ("key", "moves"):
            if key in keys and table.name != "handoff_event":
                keys[key].refuse(f"rows of '{table.name}' state no events", f"Leave '{key}' out.")
        if "moves" in keys and constants.get("kind", "").strip().lower() in DATED_KINDS:
            keys["moves"].refuse(f"every date of '{constants['kind']}' adds an event", "Leave 'moves' out.")
        if "gone" in keys and table.name not in GONE_FROM:
            keys["gone"].refuse(f"rows of '{table.name}' are never gone", f"Known for: {', '.join(GONE_FROM)}.")
        if "gone_at" in keys and not ("gone" in keys and table.name == "lead"):
            keys["gone_at"].refuse("no lead is said to be gone", "Leave 'gone_at' out, or say by which mark: 'gone'.")
        if "of_several" in keys:
            _check_several(keys, table, columns)
        if "undated" in keys and table.name != "lead":
            keys["undated"].refuse(f"rows of '{table.name}' are no leads", "Leave 'undated' out.")
        for needed in table.columns:
            if needed.in_file and "columns" in keys and needed.name not in columns and needed.name not in constants:
                keys["columns"].refuse(f"'{table.name}' needs '{needed.name}'", "Say which heading it is read from.")
    return TableMapping(
        table=name or "",
        columns=columns,
        constants=constants,
        values=values,
        rest=optional(keys, "rest", YamlEntry.texts) or (),
        others=optional(keys, "others", YamlEntry.truth) or False,
        when=optional(keys, "when", _conditions) or {},
        unless=optional(keys, "unless", _conditions) or {},
        when_known=optional(keys, "when_known", YamlEntry.texts) or (),
        each=optional(keys, "each", _text_by_key) or {},
        id_of=optional(keys, "id_of", YamlEntry.text),
        key=optional(keys, "key", _readings) or (),
        moves=optional(keys, "moves", lambda entry: entry.choice((ADDS,), "way to move")),
        gone=optional(keys, "gone", _conditions) or {},
        gone_at=optional(keys, "gone_at", _readings) or (),
        of_several=optional(keys, "of_several", YamlEntry.text),
        undated=optional(keys, "undated", lambda entry: entry.choice(UNDATED, "way to date a lead")),
    )


def _check_several(keys: Mapping[str, YamlEntry], table: ImportTable, columns: Mapping[str, tuple[str, ...]]) -> None:
    """Refuses to choose among several rows of a table that has no such choice, or nothing to tell them by."""
    entry = keys["of_several"]
    if table.name not in SEVERAL_OF:
        entry.refuse(f"of rows of '{table.name}' the last counts", "Leave 'of_several' out.")
    elif entry.choice(SEVERAL_OF[table.name], f"choice among rows of '{table.name}'") is None:
        return
    elif table.name == "activity" and "activity_id" not in columns:
        entry.refuse("nothing says which rows are one activity", "Say by which 'activity_id' they are.")
    elif "moves" in keys:
        keys["moves"].refuse("one of several rows counts, and each is to add an event", "Leave one of them out.")


def _check_words(
    keys: Mapping[str, YamlEntry],
    table: ImportTable,
    constants: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
) -> None:
    """Refuses a constant, or a text that values become, which its column cannot hold."""
    for column in table.columns:
        if not column.one_of:
            continue
        given = [("constants", constants[column.name])] if column.name in constants else []
        given += [("values", text) for text in values.get(column.name, {}).values() if text not in (SKIP, "")]
        rules = [(key, rule) for key, text in given if column.name == "kind" and (rule := kind_rule(text)) is not None]
        given = [(key, text) for key, text in given if column.name != "kind" or kind_rule(text) is None]
        given += [(key, kind) for key, rule in rules for kind in (rule.kind, rule.unless, rule.other)]
        for key, text in given:
            if fold(text) not in column.one_of:
                remedy = did_you_mean(text, column.one_of) or f"Known: {', '.join(column.one_of)}."
                keys[key].refuse(f"'{table.name}' has no {column.name} '{text}'", remedy)


def _check_fields(keys: Mapping[str, YamlEntry], constant: str | None, values: Mapping[str, str]) -> None:
    """Refuses, in a history, what is no field of a lead and is to stand for one."""
    given = [("constants", constant)] if constant is not None else []
    given += [("values", field) for name, field in values.items() if name != ELSE and field not in (SKIP, "")]
    for key, field in given:
        if own_field(field) != field:
            near = did_you_mean(field, CHANGING) or f"Known: {', '.join(CHANGING)}, {EXTRA_PREFIX}<name>."
            keys[key].refuse(f"no field of a lead is called '{field}'", near)
    if values.get(ELSE, SKIP) not in (SKIP, ""):
        remedy = f"Write 'skip'; without it, other fields are {EXTRA_PREFIX}<name> where those of leads are."
        keys["values"].refuse("fields of every other name would be one", remedy)


def _export(item: YamlEntry, kind: str) -> Export:
    keys = item.keys(EXPORT_KEYS, required=("columns",))
    ours = (*EXPORTS[kind], *(LEAD_PREFIX + name for name in TABLES["lead"].stored))
    columns: dict[str, str] = {}
    for heading, entry in (keys["columns"].entries() if "columns" in keys else {}).items():
        extra = (entry.text() or "").startswith(LEAD_PREFIX + EXTRA_PREFIX)
        columns[heading] = (entry.text() if extra else entry.choice(ours, "column")) or ""
    if "columns" in keys and not columns:
        keys["columns"].refuse("no column is written", "Write at least one, like 'Id: lead_id'.")
    values = optional(keys, "values", _value_maps) or {}
    for column in values:
        if column not in columns.values():
            keys["values"].entries()[column].refuse(f"'{column}' is not written", "Name it under columns first.")
    constants = optional(keys, "constants", _text_by_key) or {}
    for heading in constants.keys() & columns.keys():
        keys["constants"].refuse(f"'{heading}' is a column and a constant too", "Keep one of them.")
    formats = optional(keys, "date_format", _date_formats) or ()
    if len(formats) > 1:
        keys["date_format"].refuse("there are several date formats", "Write one: files are written in one only.")
    elif formats and not is_date_pattern(formats[0]):
        keys["date_format"].refuse(f"no file is written by '{formats[0]}'", "Write one like '%d/%m/%Y %H:%M'.")
    return Export(
        columns=columns,
        values=values,
        constants=constants,
        time_zone=optional(keys, "time_zone", _time_zone),
        date_format=formats[0] if formats else None,
    )


def _heading_sets(item: YamlEntry) -> tuple[tuple[str, ...], ...]:
    """One set of headings, or a list of them."""
    if item.is_list and any(part.is_list for part in item.items()):
        return tuple(part.texts() for part in item.items())
    headings = item.texts()
    return (headings,) if headings else ()


def _columns(item: YamlEntry, table: ImportTable | None) -> dict[str, tuple[str, ...]]:
    columns: dict[str, tuple[str, ...]] = {}
    for column, entry in (item.entries() if table is None else item.keys(table.names)).items():
        columns[column] = _readings(entry)
    return columns


def _readings(entry: YamlEntry) -> tuple[str, ...]:
    texts = entry.texts()
    for text in texts:
        if not headings_in(text) or ("{" in text and not all(part.strip() for part in headings_in(text))):
            entry.refuse(f"'{text}' reads no heading", "Write a heading, or headings in braces like '{a} {b}'.")
    return texts


def _text_by_column(item: YamlEntry, table: ImportTable | None) -> dict[str, str]:
    entries = item.entries() if table is None else item.keys(table.names)
    return {column: text for column, entry in entries.items() if (text := entry.text()) is not None}


def _text_by_key(item: YamlEntry) -> dict[str, str]:
    return {key: text for key, entry in item.entries().items() if (text := entry.text()) is not None}


def _texts_by_key(item: YamlEntry) -> dict[str, tuple[str, ...]]:
    return {key: entry.texts() for key, entry in item.entries().items()}


def _conditions(item: YamlEntry) -> dict[str, Condition]:
    return {key: _condition(entry) for key, entry in item.entries().items()}


def _condition(entry: YamlEntry) -> Condition:
    """The texts of which a cell has one, or `{known: true}`, `{is_not: …}`, `{at_least: …}`."""
    if not entry.is_mapping:
        return entry.texts()
    keys = entry.keys(("known", "starts_with", "is_not", *COMPARISONS))
    if not entry.peek():
        entry.refuse(f"'{entry.name}' has no condition", "Write one, like 'known: true'.")
    bounds = {name: text for name in COMPARISONS if name in keys and (text := keys[name].text()) is not None}
    dates = [name for name, text in bounds.items() if ISO_OPERAND.fullmatch(text)]
    for name, text in bounds.items():
        if name in dates and len(dates) < len(bounds):
            keys[name].refuse(f"'{text}' is a date, and another bound a number", "Compare with the one or the other.")
        elif name not in dates and not NUMBER.fullmatch(text):
            remedy = "Write digits, with a point for a fraction, or a date like 2026-03-01."
            keys[name].refuse(f"'{text}' is neither a number nor a date", remedy)
    return CellTest(
        known=optional(keys, "known", YamlEntry.truth),
        starts_with=optional(keys, "starts_with", YamlEntry.texts) or (),
        is_not=optional(keys, "is_not", YamlEntry.texts) or (),
        bounds=tuple(bounds.items()),
        of_dates=bool(dates),
    )


def _value_maps(item: YamlEntry) -> dict[str, Mapping[str, str]]:
    return {column: _text_or_nothing_by_key(entry) for column, entry in item.entries().items()}


def _text_or_nothing_by_key(item: YamlEntry) -> dict[str, str]:
    """Texts by key; nothing written is the empty text. Two spellings of a key mean one thing, or are refused."""
    texts: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for key, entry in item.entries().items():
        text = "" if entry.is_nothing else entry.text()
        if text is None:
            continue
        first = spelt.setdefault(fold(key), key)
        if texts.setdefault(first, text) != text:
            entry.refuse(
                f"'{key}' is '{first}' in another spelling, which becomes '{texts[first]}'", "Keep one of them."
            )
        texts[key] = text
    return texts


def _time_zone(item: YamlEntry) -> str | None:
    name = item.text()
    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        item.refuse(f"no time zone is called '{name}'", "Write one like 'Europe/Madrid' or 'UTC'.")
        return None
    return name


def _date_formats(item: YamlEntry) -> tuple[str, ...]:
    patterns = item.texts()
    for pattern in patterns:
        if not is_date_format(pattern):
            item.refuse(f"'{pattern}' is no date format", "Write one like '%d/%m/%Y %H:%M'.")
    return patterns
