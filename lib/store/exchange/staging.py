"""A file's texts as typed rows in a temporary table, the reason beside each row that cannot be meant."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import duckdb

from lib.core.errors import FileRefused
from lib.core.exchange.tables import ALIAS, ELSE, SKIP, ImportColumn, ImportTable, ValueType
from lib.store.exchange.feeds import Cell, Feed, Reading
from lib.store.exchange.files.data_file import Malformed, Progress
from lib.store.exchange.files.files import in_one_list, text_rows
from lib.store.statements import statement

SQL_TYPES: Mapping[ValueType, str] = {
    ValueType.TEXT: "varchar",
    ValueType.INSTANT: "timestamp",
    ValueType.MONTH: "date",
    ValueType.WHOLE: "integer",
    ValueType.DECIMAL: "decimal(18, 4)",
    ValueType.DOUBLE: "double",
    ValueType.OBJECT: "json",
}

HASHED = ("activity_id", "event_id")
"""The ids a file may do without: they are then a hash of the row."""

_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[ T]([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
_OFFSET = r"(Z| UTC|[+-][0-9]{2}(:?[0-9]{2}(:?[0-9]{2})?)?)"

WIDE = 500
"""With more headings than this, a row's cells are one list: DuckDB keeps 2,048 rows of every column at hand."""

EMAIL = "email"
"""The kind of id whose letters count in either case."""

_SKIPPED = "\x18skipped\x18"
"""In place of a text whose row is passed over; no file holds it."""

_GROUPING = " '’\u00a0\u202f"
"""What may part the thousands of a number, besides the sign that is not before the fraction."""


@dataclass(frozen=True)
class Staged:
    """How many rows were `looked_at` and how many are `staged`: the others are malformed, or say nothing here."""

    looked_at: int
    staged: int
    malformed: list[Malformed]


def open_staging(cursor: duckdb.DuckDBPyConnection) -> None:
    """Makes what `stage` needs on this cursor."""
    for macro in ("exchange/local_instant", "exchange/turned_date"):
        cursor.execute(statement(macro))


def stage(
    cursor: duckdb.DuckDBPyConnection,
    feed: Feed,
    into: str,
    file_number: int,
    zone: ZoneInfo,
    progress: Progress | None,
    most: int | None = None,
) -> Staged:
    """Reads the feed's file into the temporary table `into`, one row a row of the file.

    Columns: `file_number`, `line`, those the feed fills (and the id of an
    activity or event), `fault` (null when the row can be meant), `faulty_row`
    (the texts of a row that cannot), and `<column>_unknown` (a text that is not of
    its column's type). A date alone is a day in `zone` unless the feed has its
    own. Only the first `most` rows of the file are read, where that is given.
    """
    names = _Names({"file_number": file_number})
    texts = text_rows(feed.file, progress, most)
    cursor.register("rows", in_one_list(texts.reader) if _is_wide(feed) else texts.reader)
    try:
        cursor.execute(_staging_sql(feed, into, names, zone), names.parameters)
    except duckdb.Error as error:
        if texts.fault is not None:
            raise FileRefused(texts.fault) from error
        raise
    cursor.unregister("rows")
    (read,) = cursor.execute(f"select count(*) from {into}").fetchall()[0]
    return Staged(texts.read + len(texts.malformed), read, texts.malformed)


class _Names:
    """Texts that vary as named parameters of one statement."""

    def __init__(self, parameters: dict[str, str | int | list[str] | list[int]]) -> None:
        self.parameters = parameters

    def __call__(self, text: str) -> str:
        return f"{self._named(text)}::varchar"

    def texts(self, texts: list[str]) -> str:
        return f"{self._named(texts)}::varchar[]"

    def numbers(self, numbers: list[int]) -> str:
        return f"{self._named(numbers)}::integer[]"

    def _named(self, value: str | list[str] | list[int]) -> str:
        name = f"text_{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"


def _staging_sql(feed: Feed, into: str, text: _Names, zone: ZoneInfo) -> str:
    table = feed.table
    filled = [column for column in table.columns if column.name in feed.filled]
    zone_name = feed.time_zone or zone.key
    read = [f"{_source_text(column, feed, text)} as {column.name}_text" for column in filled]
    typed = [f"{_value(column, feed, text, zone_name)} as {column.name}" for column in filled]
    strict = [c for c in filled if c.in_row or c.type is ValueType.INSTANT]
    lenient = [c for c in filled if c not in strict and c.type is not ValueType.TEXT]
    id_name = next((name for name in table.key if name in HASHED), None)
    kept = [f"{column.name}" for column in filled if column.name != id_name]
    if id_name:
        kept.insert(0, f"coalesce({id_name}_text, {_row_hash(table, feed)}) as {id_name}")
        kept.append(f"{id_name}_text is null as hashed")
    unknown = [
        f"case when {c.name}_text is not null and {_meant(c, feed, zone_name)} is null then {c.name}_text end"
        f" as {c.name}_unknown"
        for c in lenient
    ]
    headings = tuple((heading or f"column {at + 1}", (at,)) for at, heading in enumerate(feed.file.headings))
    return f"""
        create temp table {into} as
        with
        texts as (select *, {", ".join(read)} from {_rows(feed, text)} {_where(_conditions(feed, text))}),
        typed as (select *, {", ".join(typed)} from texts {_where(_not_skipped(feed, text))}),
        judged as (select *, {_fault(strict, text)} as fault from typed)
        select
            $file_number::integer as file_number,
            line,
            {", ".join([*kept, *unknown])},
            fault,
            case when fault is not null then {_object(text, headings, feed)} end as faulty_row
        from judged
    """


def _rows(feed: Feed, text: _Names) -> str:
    """SQL for the file's rows; those with several texts in one cell once for each."""
    rows = "rows"
    for at, sign in feed.each:
        one = f"nullif(trim(unnest(string_split({_column(at, feed, whole=True)}, {text(sign)}))), '')"
        rows = f"(select *, {one} as one_of_{at} from {rows})"
    return rows


def _is_wide(feed: Feed) -> bool:
    return len(feed.file.headings) > WIDE


def _column(at: int, feed: Feed, *, whole: bool = False) -> str:
    """SQL for the text of one cell; of several texts in it the one that counts, unless it is asked for `whole`."""
    if not whole and any(at == position for position, _ in feed.each):
        return f"one_of_{at}"
    return f"cells[{at + 1}]" if _is_wide(feed) else f"c{at}"


def _where(conditions: list[str]) -> str:
    return f"where {' and '.join(conditions)}" if conditions else ""


def _conditions(feed: Feed, text: _Names) -> list[str]:
    """SQL for what must hold of a row's cells for it to say something about the table."""

    def among(cell: Cell, texts: tuple[str, ...]) -> str:
        return f"lower({_cell(cell, feed, text)}) in ({', '.join(text(one) for one in texts)})"

    return [
        *(among(cell, texts) for cell, texts in feed.when),
        *(f"not coalesce({among(cell, texts)}, false)" for cell, texts in feed.unless),
        *(f"{_cell(cell, feed, text)} is not null" for cell in feed.when_known),
    ]


def _not_skipped(feed: Feed, text: _Names) -> list[str]:
    skipping = [column for column, values in feed.values.items() if SKIP in values.values()]
    return [f"{column}_text is distinct from {text(_SKIPPED)}" for column in skipping]


def _object(text: _Names, pairs: tuple[tuple[str, Cell], ...], feed: Feed) -> str:
    if not _is_wide(feed):
        return f"json_object({', '.join(f'{text(key)}, {_cell(cell, feed, text)}' for key, cell in pairs)})"
    # A column each would take a gigabyte; keys and values in two lists take what they hold.
    plain = {key: cell[0] + 1 for key, cell in pairs if len(cell) == 1}
    joined = {key: cell for key, cell in pairs if key not in plain}
    values = f"list_select(cells, {text.numbers(list(plain.values()))})"
    if feed.blank:
        values = f"list_transform({values}, lambda one: {_not_blank('one', feed, text)})"
    if joined:
        values = f"list_concat({values}, [{', '.join(_cell(cell, feed, text) for cell in joined.values())}])"
    return f"to_json(map({text.texts([*plain, *joined])}, {values}))"


def _cell(cell: Cell, feed: Feed, text: _Names) -> str:
    """SQL for the first of the cells that has a value."""
    cells = [_column(at, feed) for at in cell]
    if feed.blank:
        cells = [_not_blank(one, feed, text) for one in cells]
    return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"


def _not_blank(cell: str, feed: Feed, text: _Names) -> str:
    none = ", ".join(text(one.strip().lower()) for one in feed.blank)
    return f"case when lower({cell}) not in ({none}) then {cell} end"


def _read(reading: Reading, feed: Feed, text: _Names) -> str:
    """SQL for what one reading of a row gives."""
    parts = [text(part) if isinstance(part, str) else _cell(part, feed, text) for part in reading]
    if len(parts) == 1:
        return parts[0]
    cells = [part for part, read in zip(parts, reading, strict=True) if not isinstance(read, str)]
    return f"case when coalesce({', '.join(cells)}) is not null then nullif(trim(concat({', '.join(parts)})), '') end"


def _source_text(column: ImportColumn, feed: Feed, text: _Names) -> str:
    """SQL for the text that the row has for a column, before it is read as the column's type."""
    if column.name in feed.constants:
        return text(feed.constants[column.name])
    if column.name not in feed.columns:
        return "null::varchar"
    readings = [_read(reading, feed, text) for reading in feed.columns[column.name]]
    found = readings[0] if len(readings) == 1 else f"coalesce({', '.join(readings)})"
    if feed.id_of and column.name == ("alias" if feed.table is ALIAS else "lead_id"):
        return f"{text(feed.id_of)} || ' ' || {f'lower({found})' if feed.id_of == EMAIL else found}"
    values = feed.values.get(column.name)
    if not values:
        return found

    def becomes(new: str) -> str:
        return text(_SKIPPED if new == SKIP else new)

    changed = [f"when {text(old.strip().lower())} then {becomes(new)}" for old, new in values.items() if old != ELSE]
    other = becomes(values[ELSE]) if ELSE in values else found
    blank = becomes(SKIP) if values.get(ELSE) == SKIP else "null"
    told = f"case lower({found}) {' '.join(changed)} else {other} end" if changed else other
    return f"nullif(case when {found} is null then {blank} else {told} end, '')"


def _value(column: ImportColumn, feed: Feed, text: _Names, zone: str) -> str:
    value = _typed(column, f"{column.name}_text", feed, zone)
    if column.name != feed.table.rest:
        return value
    if feed.rest:
        # The object column's own keys win over a heading of that name.
        value = f"json_merge_patch({_object(text, feed.rest, feed)}, coalesce({value}, '{{}}'))"
    if feed.table.name == "lead":
        # Its nulls are kept: they take away what an earlier file said.
        return value
    return f"nullif(json_merge_patch('{{}}', {value})::varchar, '{{}}')::json"


def _meant(column: ImportColumn, feed: Feed, zone: str) -> str:
    """SQL for what a given text means; the table's JSON column holds other headings besides."""
    return _typed(column, f"{column.name}_text", feed, zone) if column.name == feed.table.rest else column.name


def _typed(column: ImportColumn, text: str, feed: Feed, zone: str) -> str:
    """SQL for the text as a value of the column's type; null when it is none."""
    match column.type:
        case ValueType.TEXT:
            return f"lower({text})" if column.one_of else text
        case ValueType.INSTANT:
            return _instant(text, feed, zone)
        case ValueType.MONTH:
            day = f"try_cast(left({text}, 10) as date)"
            return f"""case
                when regexp_full_match({text}, '[0-9]{{4}}-[0-9]{{2}}') then try_cast({text} || '-01' as date)
                when regexp_full_match({text}, '{_DAY}({_CLOCK}{_OFFSET}?)?') then date_trunc('month', {day})::date
            end"""
        case ValueType.OBJECT:
            # Either branch of an `and` may be looked at first; json_type of no JSON is an error.
            return f"case when json_valid({text}) then case json_type({text}) when 'OBJECT' then {text}::json end end"
        case ValueType.WHOLE:
            plain = _plain_number(text, feed.decimal or feed.decimals.get(column.name))
            number = f"try_cast({plain} as double)"
            return (
                f"case when {_is_number(plain)} and {number} = trunc({number}) then try_cast({number} as integer) end"
            )
        case ValueType.DECIMAL | ValueType.DOUBLE:
            plain = _plain_number(text, feed.decimal or feed.decimals.get(column.name))
            number = f"try_cast({plain} as {SQL_TYPES[column.type]})"
            return f"case when {_is_number(plain)} and isfinite(try_cast({plain} as double)) then {number} end"


def _plain_number(text: str, decimal: str | None) -> str:
    """SQL for the number as `1234.5`, whatever parts its thousands and fraction; null where it is none."""
    if decimal is None:
        return text
    grouping = _GROUPING.replace("'", "''") + ("." if decimal == "," else ",")
    form = f"[+-]?([0-9]+|[0-9]{{1,3}}([{grouping}][0-9]{{3}})+)([{decimal}][0-9]*)?([eE][+-]?[0-9]+)?"
    plain = f"replace(regexp_replace({text}, '[{grouping}]', '', 'g'), '{decimal}', '.')"
    return f"(case when regexp_full_match({text}, '{form}') then {plain} end)"


def _is_number(text: str) -> str:
    return f"regexp_full_match({text}, '{_NUMBER}')"


def _instant(text: str, feed: Feed, zone: str) -> str:
    """SQL for the instant the text means; null when it means none."""
    if feed.date_formats:
        return f"coalesce({', '.join(_formatted(text, pattern, feed, zone) for pattern in feed.date_formats)})"
    moment = f"try_cast({text} as timestamptz)::timestamp"
    clock = f"when regexp_full_match({text}, '{_DAY}{_CLOCK}{_OFFSET}?') then {moment}"
    if feed.time_zone:
        local = _local(f"try_cast({text} as timestamp)", zone)
        clock = f"when regexp_full_match({text}, '{_DAY}{_CLOCK}') then {local} {clock}"
    day = f"length({text}) = 10 and regexp_full_match({text}, '{_DAY}')"
    instant = f"case when {day} then {_local(f'try_cast({text} as timestamp)', zone)} {clock} end"
    if feed.day_first is None:
        return instant
    order = r"\3-\2-\1" if feed.day_first else r"\3-\1-\2"
    turned = f"turned_date({text}, '{order}')"
    if not feed.time_zone:
        return f"coalesce({instant}, case when contains({text}, ':') then {turned} else {_local(turned, zone)} end)"
    return f"coalesce({instant}, {_local(turned, zone)})"


def _formatted(text: str, pattern: str, feed: Feed, zone: str) -> str:
    moment = f"try_strptime({text}, '{pattern.replace(chr(39), chr(39) * 2)}')"
    if "%z" in pattern:
        return f"{moment}::timestamp"
    has_clock = any(part in pattern for part in ("%H", "%I", "%-H", "%-I", "%c", "%X"))
    return moment if has_clock and not feed.time_zone else _local(moment, zone)


def _local(moment: str, zone: str) -> str:
    # A zone's name is one the zone database knows: letters, digits, /, _, + and -.
    return f"local_instant({moment}, '{zone}')::timestamp"


def _fault(strict: list[ImportColumn], text: _Names) -> str:
    """SQL for why a row cannot be meant; null when it can."""
    cases = [f"when {c.name}_text is null then '{c.name} is blank'" for c in strict if c.in_row]
    for column in strict:
        name, written = column.name, f"left({column.name}_text, 100)"
        noun = f"{'an' if column.type.value[0] in 'aeiou' else 'a'} {column.type.value}"
        if column.type is not ValueType.TEXT:
            wrong = f"'{name} ''' || {written} || ''' is not {noun}'"
            cases.append(f"when {name}_text is not null and {name} is null then {wrong}")
        elif column.one_of:
            words = ", ".join(f"'{word}'" for word in column.one_of)
            wrong = f"'{name} ''' || {written} || ''' is not one of ' || {text(', '.join(column.one_of))}"
            cases.append(f"when {name} not in ({words}) then {wrong}")
    return f"case {' '.join(cases)} end"


def _row_hash(table: ImportTable, feed: Feed) -> str:
    """SQL for the hash of a row's typed values, unknown ones told apart from blank ones."""
    parts = []
    for column in table.columns:
        if column.name in table.key:
            continue
        value = column.name if column.name in feed.filled else "null"
        if column.type is ValueType.INSTANT:
            value = f"epoch_us({value})"
        parts.append(f"coalesce({value}::varchar, chr(30))")
    return f"md5(concat_ws(chr(31), {', '.join(parts)}))"


def number_equal_rows(cursor: duckdb.DuckDBPyConnection, staged: str, id_name: str) -> None:
    """Gives the second and later of a file's equal rows without id an id with their ordinal in it."""
    repeated = f"select {id_name} from {staged} where hashed and fault is null group by all having count(*) > 1"
    cursor.execute(
        f"""
        update {staged} set {id_name} = md5({id_name} || ':' || ordinal)
        from (
            select rowid as repeated_row, row_number() over (partition by {id_name} order by line) as ordinal
            from {staged}
            where hashed and fault is null and {id_name} in ({repeated})
        )
        where {staged}.rowid = repeated_row and ordinal > 1
        """
    )
