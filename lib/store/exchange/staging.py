"""A file's texts as typed rows in a temporary table, the reason beside each row that cannot be meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import duckdb

from lib.core.errors import FileRefused
from lib.core.exchange.tables import ALIAS, ELSE, GONE_FROM, SKIP, ImportColumn, ImportTable, ValueType
from lib.store.composing import Given, Sql, all_of, any_of, in_turn, listed, named, quoted, sql, whole
from lib.store.exchange.feeds import Cell, Feed, Reading
from lib.store.exchange.files.data_file import Malformed, Progress
from lib.store.exchange.files.files import in_one_list, text_rows
from lib.store.exchange.stating import dated, event_hash, fact, fact_of_lead, has_key
from lib.store.statements import statement

SQL_TYPES: Mapping[ValueType, Sql] = {
    ValueType.TEXT: sql("varchar"),
    ValueType.INSTANT: sql("timestamp"),
    ValueType.MONTH: sql("date"),
    ValueType.WHOLE: sql("integer"),
    ValueType.DECIMAL: sql("decimal(18, 4)"),
    ValueType.DOUBLE: sql("double"),
    ValueType.OBJECT: sql("json"),
}

HASHED = ("activity_id", "event_id")
"""The ids a file may do without: they are then a hash of the row."""

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
    for macros in ("exchange/local_instant", "exchange/turned_date", "exchange/meanings"):
        cursor.execute(statement(macros))


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
    its column's type); of what may be gone `gone`, of leads `gone_at`, of events
    `fact` and `dated`. A date alone is a day in `zone` unless the feed has its
    own; only the first `most` rows of the file are read, where that is given.
    """
    given = Given({"file_number": file_number})
    texts = text_rows(feed.file, progress, most)
    cursor.register("rows", in_one_list(texts.reader) if _is_wide(feed) else texts.reader)
    try:
        cursor.execute(_staging(feed, into, given, zone), given.parameters)
    except duckdb.Error as error:
        if texts.fault is not None:
            raise FileRefused(texts.fault) from error
        raise
    cursor.unregister("rows")
    (read,) = cursor.execute(sql("select count(*) from {staged}", staged=named(into))).fetchall()[0]
    return Staged(texts.read + len(texts.malformed), read, texts.malformed)


def _staging(feed: Feed, into: str, given: Given, zone: ZoneInfo) -> Sql:
    table = feed.table
    filled = [column for column in table.columns if column.name in feed.filled]
    zone_name = quoted(feed.time_zone or zone.key)
    texts = [_as(_source_text(column, feed, given), f"{column.name}_text") for column in filled]
    values = [_as(_value(column, feed, given, zone_name), column.name) for column in filled]
    strict = [c for c in filled if c.in_row or c.type is ValueType.INSTANT]
    lenient = [c for c in filled if c not in strict and c.type is not ValueType.TEXT]
    id_name = next((name for name in table.key if name in HASHED), None)
    kept = [named(column.name) for column in filled if column.name != id_name]
    gone = _gone(feed, given)
    if table.name in GONE_FROM:
        kept.append(_as(gone, "gone"))
    if table.name == "lead":
        kept += [_as(_gone_at(feed, given, zone_name), "gone_at"), _as(fact_of_lead(feed, given), "fact")]
    if table.name == "handoff_event":
        kept += [_as(_fact(feed, given), "fact"), _as(dated(feed), "dated")]
    if id_name:
        own = _text_of(id_name)
        made = event_hash(feed, _fact(feed, given)) if id_name == "event_id" else _row_hash(table, feed)
        kept.insert(0, _as(sql("coalesce({own}, {made})", own=own, made=made), id_name))
        kept.append(_as(sql("{own} is null", own=own), "hashed"))
    unknown = [_as(_unless_meant(column, feed, zone_name), f"{column.name}_unknown") for column in lenient]
    headings = tuple((heading or f"column {at + 1}", (at,)) for at, heading in enumerate(feed.file.headings))
    return statement(
        "exchange/stage",
        into=named(into),
        texts=listed(texts),
        rows=_rows(feed, given),
        says_something=all_of(_conditions(feed, given)),
        values=listed(values),
        not_skipped=any_of([gone, all_of(_not_skipped(feed, given))]),
        fault=sql("case when not {gone} then {fault} end", gone=gone, fault=_fault(strict, given)),
        columns=listed([*kept, *unknown]),
        row=_object(given, headings, feed),
    )


def _as(value: Sql, called: str) -> Sql:
    return sql("{value} as {called}", value=value, called=named(called))


def _text_of(column: str) -> Sql:
    """The column that has the text before it is read as a value."""
    return named(f"{column}_text")


def _rows(feed: Feed, given: Given) -> Sql:
    """SQL for the file's rows; those with several texts in one cell once for each."""
    rows = sql("rows")
    for at, sign in feed.each:
        texts = sql("string_split({cell}, {sign})", cell=_column(at, feed, whole_cell=True), sign=given.text(sign))
        one = _as(sql("nullif(trim(unnest({texts})), '')", texts=texts), f"one_of_{at}")
        rows = sql("(select *, {one} from {rows})", one=one, rows=rows)
    return rows


def _is_wide(feed: Feed) -> bool:
    return len(feed.file.headings) > WIDE


def _column(at: int, feed: Feed, *, whole_cell: bool = False) -> Sql:
    """SQL for the text of one cell; of several texts in it the one that counts, unless it is asked for whole."""
    if not whole_cell and any(at == position for position, _ in feed.each):
        return named(f"one_of_{at}")
    return sql("cells[{place}]", place=whole(at + 1)) if _is_wide(feed) else named(f"c{at}")


def _among(cell: Cell, texts: tuple[str, ...], feed: Feed, given: Given) -> Sql:
    known = listed(given.text(one) for one in texts)
    return sql("lower({cell}) in ({known})", cell=_cell(cell, feed, given), known=known)


def _gone(feed: Feed, given: Given) -> Sql:
    """SQL for whether a row says that something is gone at its source: any of the marks does."""
    marks = any_of(_among(cell, texts, feed, given) for cell, texts in feed.gone)
    return sql("coalesce({marks}, false)", marks=marks)


def _gone_at(feed: Feed, given: Given, zone: Sql) -> Sql:
    """SQL for the instant since which a lead is gone, where the row says one."""
    readings = [_read(reading, feed, given) for reading in feed.gone_at]
    return _instant(_first_of(readings), feed, zone) if readings else sql("null::timestamp")


def _conditions(feed: Feed, given: Given) -> list[Sql]:
    """SQL for what must hold of a row's cells for it to say something about the table."""
    return [
        *(_among(cell, texts, feed, given) for cell, texts in feed.when),
        *(sql("not coalesce({among}, false)", among=_among(cell, texts, feed, given)) for cell, texts in feed.unless),
        *(sql("{cell} is not null", cell=_cell(cell, feed, given)) for cell in feed.when_known),
    ]


def _not_skipped(feed: Feed, given: Given) -> list[Sql]:
    skipping = [column for column, values in feed.values.items() if SKIP in values.values()]
    return [
        sql("{text} is distinct from {skipped}", text=_text_of(column), skipped=given.text(_SKIPPED))
        for column in skipping
    ]


def _object(given: Given, pairs: Sequence[tuple[str, Cell]], feed: Feed) -> Sql:
    if not _is_wide(feed):
        parts = [part for key, cell in pairs for part in (given.text(key), _cell(cell, feed, given))]
        return sql("json_object({pairs})", pairs=listed(parts))
    # A column each would take a gigabyte; keys and values in two lists take what they hold.
    plain = {key: cell[0] + 1 for key, cell in pairs if len(cell) == 1}
    joined = {key: cell for key, cell in pairs if key not in plain}
    values = sql("list_select(cells, {places})", places=given.numbers(list(plain.values())))
    if feed.blank:
        one = _not_blank(sql("one"), feed, given)
        values = sql("list_transform({values}, lambda one: {one})", values=values, one=one)
    if joined:
        others = listed(_cell(cell, feed, given) for cell in joined.values())
        values = sql("list_concat({values}, [{others}])", values=values, others=others)
    return sql("to_json(map({keys}, {values}))", keys=given.texts([*plain, *joined]), values=values)


def _cell(cell: Cell, feed: Feed, given: Given) -> Sql:
    """SQL for the first of the cells that has a value."""
    cells = [_column(at, feed) for at in cell]
    if feed.blank:
        cells = [_not_blank(one, feed, given) for one in cells]
    return _first_of(cells)


def _first_of(values: Sequence[Sql]) -> Sql:
    """SQL for the first of the values that is known."""
    return values[0] if len(values) == 1 else sql("coalesce({values})", values=listed(values))


def _not_blank(cell: Sql, feed: Feed, given: Given) -> Sql:
    none = listed(given.text(one.strip().lower()) for one in feed.blank)
    return sql("case when lower({cell}) not in ({none}) then {cell} end", cell=cell, none=none)


def _read(reading: Reading, feed: Feed, given: Given) -> Sql:
    """SQL for what one reading of a row gives."""
    parts = [given.text(part) if isinstance(part, str) else _cell(part, feed, given) for part in reading]
    if len(parts) == 1:
        return parts[0]
    cells = [part for part, read in zip(parts, reading, strict=True) if not isinstance(read, str)]
    joined = sql("nullif(trim(concat({parts})), '')", parts=listed(parts))
    return sql("case when coalesce({cells}) is not null then {joined} end", cells=listed(cells), joined=joined)


def _source_text(column: ImportColumn, feed: Feed, given: Given) -> Sql:
    """SQL for the text that the row has for a column, before it is read as the column's type."""
    if column.name in feed.constants:
        return given.text(feed.constants[column.name])
    if column.name not in feed.columns:
        return sql("null::varchar")
    found = _first_of([_read(reading, feed, given) for reading in feed.columns[column.name]])
    if feed.id_of and column.name == ("alias" if feed.table is ALIAS else "lead_id"):
        found = sql("lower({found})", found=found) if feed.id_of == EMAIL else found
        return sql("{kind} || ' ' || {found}", kind=given.text(feed.id_of), found=found)
    values = feed.values.get(column.name)
    return _translated(found, values, given) if values else found


def _translated(found: Sql, values: Mapping[str, str], given: Given) -> Sql:
    """SQL for the text that the values say stands for the one found."""

    def becomes(new: str) -> Sql:
        return given.text(_SKIPPED if new == SKIP else new)

    changed = [
        sql("when {old} then {new}", old=given.text(old.strip().lower()), new=becomes(new))
        for old, new in values.items()
        if old != ELSE
    ]
    told = becomes(values[ELSE]) if ELSE in values else found
    blank = becomes(SKIP) if values.get(ELSE) == SKIP else sql("null")
    if changed:
        told = sql("case lower({found}) {changed} else {other} end", found=found, changed=in_turn(changed), other=told)
    known = sql("case when {found} is null then {blank} else {told} end", found=found, blank=blank, told=told)
    return sql("nullif({known}, '')", known=known)


def _value(column: ImportColumn, feed: Feed, given: Given, zone: Sql) -> Sql:
    value = _typed(column, feed, zone)
    if column.name != feed.table.rest:
        return value
    if feed.rest:
        # The object column's own keys win over a heading of that name.
        others = _object(given, feed.rest, feed)
        value = sql("json_merge_patch({others}, coalesce({value}, '{}'))", others=others, value=value)
    if feed.table.name == "lead":
        # Its nulls are kept: they take away what an earlier file said.
        return value
    return sql("nullif(json_merge_patch('{}', {value})::varchar, '{}')::json", value=value)


def _unless_meant(column: ImportColumn, feed: Feed, zone: Sql) -> Sql:
    """SQL for a given text that means nothing; the table's JSON column holds other headings besides."""
    meant = _typed(column, feed, zone) if column.name == feed.table.rest else named(column.name)
    text = _text_of(column.name)
    return sql("case when {text} is not null and {meant} is null then {text} end", text=text, meant=meant)


def _typed(column: ImportColumn, feed: Feed, zone: Sql) -> Sql:
    """SQL for a column's text as a value of the column's type; null when it is none."""
    text = _text_of(column.name)
    match column.type:
        case ValueType.TEXT:
            return sql("lower({text})", text=text) if column.one_of else text
        case ValueType.INSTANT:
            return _instant(text, feed, zone)
        case ValueType.MONTH:
            return sql("month_of({text})", text=text)
        case ValueType.OBJECT:
            return sql("object_of({text})", text=text)
        case ValueType.WHOLE:
            return sql("whole_of({plain})", plain=_plain_number(column.name, feed))
        case ValueType.DECIMAL:
            return sql("amount_of({plain})", plain=_plain_number(column.name, feed))
        case ValueType.DOUBLE:
            return sql("number_of({plain})", plain=_plain_number(column.name, feed))


def _plain_number(column: str, feed: Feed) -> Sql:
    """SQL for the number as `1234.5`, whatever parts its thousands and fraction; null where it is none."""
    text, point = _text_of(column), feed.decimal or feed.decimals.get(column)
    if point is None:
        return text
    grouping = quoted(_GROUPING + ("." if point == "," else ","))
    return sql("plain_number({text}, {grouping}, {point})", text=text, grouping=grouping, point=quoted(point))


def _instant(text: Sql, feed: Feed, zone: Sql) -> Sql:
    """SQL for the instant the text means; null when it means none."""
    if feed.date_formats:
        return sql("coalesce({all})", all=listed(_formatted(text, form, feed, zone) for form in feed.date_formats))
    if feed.time_zone:
        instant = sql("instant_in_zone_of({text}, {zone})", text=text, zone=zone)
    else:
        instant = sql("instant_of({text}, {zone})", text=text, zone=zone)
    if feed.day_first is None:
        return instant
    order = quoted(r"\3-\2-\1" if feed.day_first else r"\3-\1-\2")
    turned = sql("turned_date({text}, {order})", text=text, order=order)
    local = _local(turned, zone)
    if not feed.time_zone:
        has_clock = sql("contains({text}, ':')", text=text)
        local = sql("case when {clock} then {turned} else {local} end", clock=has_clock, turned=turned, local=local)
    return sql("coalesce({instant}, {local})", instant=instant, local=local)


def _formatted(text: Sql, form: str, feed: Feed, zone: Sql) -> Sql:
    moment = sql("try_strptime({text}, {form})", text=text, form=quoted(form))
    if "%z" in form:
        return sql("{moment}::timestamp", moment=moment)
    has_clock = any(part in form for part in ("%H", "%I", "%-H", "%-I", "%c", "%X"))
    return moment if has_clock and not feed.time_zone else _local(moment, zone)


def _local(moment: Sql, zone: Sql) -> Sql:
    return sql("local_instant({moment}, {zone})::timestamp", moment=moment, zone=zone)


def _fault(strict: list[ImportColumn], given: Given) -> Sql:
    """SQL for why a row cannot be meant; null when it can."""

    def when(condition: Sql, fault: Sql) -> Sql:
        return sql("when {condition} then {fault}", condition=condition, fault=fault)

    cases = [
        when(sql("{text} is null", text=_text_of(c.name)), quoted(f"{c.name} is blank")) for c in strict if c.in_row
    ]
    for column in strict:
        text, value = _text_of(column.name), named(column.name)
        said = sql("{begin} || left({text}, 100)", begin=quoted(f"{column.name} '"), text=text)
        noun = f"{'an' if column.type.value[0] in 'aeiou' else 'a'} {column.type.value}"
        if column.type is not ValueType.TEXT:
            wrong = sql("{said} || {end}", said=said, end=quoted(f"' is not {noun}"))
            cases.append(when(sql("{text} is not null and {value} is null", text=text, value=value), wrong))
        elif column.one_of:
            words, all_words = listed(map(quoted, column.one_of)), given.text(", ".join(column.one_of))
            wrong = sql("{said} || {end} || {words}", said=said, end=quoted("' is not one of "), words=all_words)
            cases.append(when(sql("{value} not in ({words})", value=value, words=words), wrong))
    return sql("case {cases} end", cases=in_turn(cases))


def _row_hash(table: ImportTable, feed: Feed) -> Sql:
    """SQL for the hash of a row's typed values, unknown ones told apart from blank ones."""
    parts = []
    for column in table.columns:
        if column.name in table.key:
            continue
        value = named(column.name) if column.name in feed.filled else sql("null")
        if column.type is ValueType.INSTANT:
            value = sql("epoch_us({value})", value=value)
        parts.append(sql("coalesce({value}::varchar, chr(30))", value=value))
    return sql("md5(concat_ws(chr(31), {parts}))", parts=listed(parts))


def _fact(feed: Feed, given: Given) -> Sql:
    """SQL for what an event is a statement of, by its own id, the key the mapping names, or its lead's id."""
    keys = [_read(reading, feed, given) for reading in feed.key]
    if has_key(feed):
        keys.append(_text_of("lead_id"))
    return fact(feed, given, _text_of("event_id") if "event_id" in feed.columns else None, keys)
