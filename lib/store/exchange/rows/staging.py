"""A file's texts as typed rows in a temporary table, the reason beside each row that cannot be meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import duckdb

from lib.core.errors import FileRefused
from lib.core.exchange.mappings import ELSE, GONE_FROM, SKIP
from lib.core.exchange.tables import ALIAS, BY_SOURCE, ImportColumn, ImportTable, ValueType
from lib.core.folding import fold
from lib.core.time.clock import AHEAD
from lib.store.composing import Given, Sql, all_of, any_of, in_turn, listed, named, quoted, sql, whole
from lib.store.exchange.files.data_file import Malformed, Progress
from lib.store.exchange.files.files import in_one_list, text_rows
from lib.store.exchange.rows.cells import column_at, first_of, is_wide, kept_positions, object_of_cells, read_as
from lib.store.exchange.rows.conditions import conditions_of, gone_since, is_ahead, is_gone
from lib.store.exchange.rows.feeds import Feed
from lib.store.exchange.rows.meanings import (
    TOO_BRIEFLY,
    by_reading,
    currency,
    text_of,
    typed,
)
from lib.store.exchange.rows.of_fields import (
    TOLD,
    VALUES,
    hint_at_fields,
    is_history,
    no_field_fault,
    rows_by_field,
    translated_by_field,
    unknown_by_field,
    value_of_field,
    values_by_field,
)
from lib.store.exchange.rows.stating import dated, event_hash, fact, fact_of_lead, has_key
from lib.store.statements import statement

SQL_TYPES: Mapping[ValueType, Sql] = {
    ValueType.TEXT: sql("varchar"),
    ValueType.INSTANT: sql("timestamp"),
    ValueType.MONTH: sql("date"),
    ValueType.WHOLE: sql("integer"),
    ValueType.DECIMAL: sql("decimal(18, 4)"),
    ValueType.DOUBLE: sql("double"),
    ValueType.OBJECT: sql("json"),
    ValueType.TRUTH: sql("boolean"),
}

HASHED = ("activity_id", "event_id")
"""The ids a file may do without: they are then a hash of the row."""


EMAIL = "email"
"""The kind of id whose letters count in either case."""

_SKIPPED = "\x18skipped\x18"
"""In place of a text whose row is passed over; no file holds it."""


IS_AHEAD = "lies ahead of the clock"
"""Why a row is held aside that says what is yet to come."""


class LookedTooBriefly(Exception):
    """The first rows of a file do not tell how a later one is written."""


@dataclass(frozen=True)
class Staged:
    """How many rows were `looked_at` and how many are `staged`: the others are malformed, or say nothing here."""

    looked_at: int
    staged: int
    malformed: list[Malformed]


def open_staging(cursor: duckdb.DuckDBPyConnection) -> None:
    """Makes what `stage` needs on this cursor."""
    for macros in ("exchange/local_instant", "exchange/meanings", "exchange/spelled_instant"):
        cursor.execute(statement(macros))


def stage(
    cursor: duckdb.DuckDBPyConnection,
    feed: Feed,
    into: str,
    file_number: int,
    zone: ZoneInfo,
    now: int,
    progress: Progress | None,
    most: int | None = None,
    sought: Sql | None = None,
) -> Staged:
    """Reads the feed's file into the temporary table `into`, one row a row of the file.

    Columns: `file_number`, `line`, those the feed fills (and the id of an
    activity or event), `fault` (null when the row can be meant), `faulty_row`
    (the texts of a row that cannot, or of one that is `sought`), and `<column>_unknown` (a text that is not of
    its column's type); of what may be gone at its source `gone`, of leads
    `gone_at`, of events `fact` (what they state) and `dated` (with their
    instant). A date alone is a day in `zone` unless the feed has its own; what is further
    ahead of `now` (microseconds) than clocks differ cannot be meant yet; only the first
    `most` rows of the file are read, where that is given.
    Raises LookedTooBriefly where the feed's notation rests on the file's first rows and does not do for all.
    """
    given = Given({"file_number": file_number, "latest": now + AHEAD})
    texts = text_rows(feed.file, progress, most, kept=kept_positions(feed))
    cursor.register("rows", in_one_list(texts.reader) if is_wide(feed) else texts.reader)
    try:
        cursor.execute(_staging(feed, into, given, zone, sought or sql("false")), given.parameters)
    except duckdb.Error as error:
        if texts.fault is not None:
            raise FileRefused(texts.fault) from error
        if feed.notation.sampled and TOO_BRIEFLY in str(error):
            raise LookedTooBriefly from error
        raise
    cursor.unregister("rows")
    if is_history(feed):
        hint_at_fields(cursor, into)
    (read,) = cursor.execute(sql("select count(*) from {staged}", staged=named(into))).fetchall()[0]
    return Staged(texts.read + len(texts.malformed), read, texts.malformed)


def _staging(feed: Feed, into: str, given: Given, zone: ZoneInfo, sought: Sql) -> Sql:
    table = feed.table
    filled = [column for column in table.columns if column.name in feed.filled]
    zone_name = quoted(feed.time_zone or zone.key)
    texts = [_as(_source_text(column, feed, given), f"{column.name}_text") for column in filled]
    values = [_as(_value(column, feed, given, zone_name), column.name) for column in filled if not column.by_reading]
    of_dates = [_as(by_reading(column, feed, zone_name), column.name) for column in filled if column.by_reading]
    strict = [c for c in filled if c.in_row or c.one_of or (c.type is ValueType.INSTANT and not _is_beside(c))]
    lenient = [c for c in filled if c not in strict and c.type is not ValueType.TEXT]
    id_name = next((name for name in table.key if name in HASHED), None)
    kept = [named(column.name) for column in filled if column.name != id_name]
    gone = is_gone(feed, given, zone_name)
    if table.name in GONE_FROM:
        kept.append(_as(gone, "gone"))
    if table.name == "lead":
        kept += [_as(gone_since(feed, given, zone_name), "gone_at"), _as(fact_of_lead(feed, given), "fact")]
    if table.name == "handoff_event":
        kept += [_as(_fact(feed, given), "fact"), _as(dated(feed), "dated")]
    if feed.reading:
        kept.append(_as(whole(feed.reading), "reading"))
    if feed.of_several:
        kept.append(_as(quoted(feed.of_several), "of_several"))
    if feed.undated:
        kept.append(_as(quoted(feed.undated), "undated"))
    if id_name:
        own = text_of(id_name)
        made = event_hash(feed, _fact(feed, given)) if id_name == "event_id" else _row_hash(table, feed)
        kept.insert(0, _as(sql("coalesce({own}, {made})", own=own, made=made), id_name))
        kept.append(_as(sql("{own} is null", own=own), "hashed"))
    unknown = [_as(_unless_meant(column, feed, zone_name), f"{column.name}_unknown") for column in lenient]
    if is_history(feed):
        unknown += [_as(text, name) for name, text in unknown_by_field(feed)]
        unknown.append(
            _as(sql("case when {told} is null then {name} end", told=TOLD, name=text_of("field")), "no_field")
        )
    headings = tuple((name, (at,)) for at, name in enumerate(_told_apart(feed.file.headings)))
    return statement(
        "exchange/stage",
        into=named(into),
        texts=listed(texts),
        rows=_rows(feed, given),
        says_something=all_of(conditions_of(feed, given, zone_name)),
        values=listed(values),
        not_skipped=any_of([gone, all_of(_not_skipped(feed, given))]),
        judgements=listed(
            [
                *of_dates,
                _as(
                    sql("case when not {gone} then {fault} end", gone=gone, fault=_fault(strict, feed, given)), "fault"
                ),
            ]
        ),
        columns=listed([*kept, *unknown]),
        sought=sought,
        row=object_of_cells(given, headings, feed),
    )


def _is_beside(column: ImportColumn) -> bool:
    """Whether a date that is none leaves its row as good as it is."""
    return column.by_reading or column.beside


def _told_apart(headings: Sequence[str]) -> list[str]:
    """The headings, those that are blank or were there before with the number of their column."""
    seen: set[str] = set()
    names = []
    for at, heading in enumerate(headings):
        names.append(f"{heading} column {at + 1}".strip() if not heading or heading in seen else heading)
        seen.add(heading)
    return names


def _as(value: Sql, called: str) -> Sql:
    return sql("{value} as {called}", value=value, called=named(called))


def _rows(feed: Feed, given: Given) -> Sql:
    """SQL for the file's rows; those with several texts in one cell once for each."""
    rows = sql("rows")
    for at, sign in feed.each:
        texts = sql("string_split({cell}, {sign})", cell=column_at(at, feed, whole_cell=True), sign=given.text(sign))
        one = _as(sql("nullif(trim(unnest({texts})), '')", texts=texts), f"one_of_{at}")
        rows = sql("(select *, {one} from {rows})", one=one, rows=rows)
    return rows_by_field(rows, feed, given) if is_history(feed) else rows


def _not_skipped(feed: Feed, given: Given) -> list[Sql]:
    skipping = [column for column, values in feed.values.items() if SKIP in values.values()]
    return [
        sql("{text} is distinct from {skipped}", text=text_of(column), skipped=given.text(_SKIPPED))
        for column in skipping
    ]


def _source_text(column: ImportColumn, feed: Feed, given: Given) -> Sql:
    """SQL for the text that the row has for a column, before it is read as the column's type."""
    if column.name in feed.constants:
        return given.text(feed.constants[column.name])
    if column.name not in feed.columns:
        return sql("null::varchar")
    found = first_of([read_as(reading, column, feed, given) for reading in feed.columns[column.name]])
    if feed.id_of and column.name == ("alias" if feed.table is ALIAS else "lead_id"):
        found = sql("folded_address({found})", found=found) if feed.id_of == EMAIL else found
        return sql("{kind} || ' ' || {found}", kind=given.text(feed.id_of), found=found)
    values = feed.values.get(column.name)
    found = _translated(found, values, given) if values else found
    if is_history(feed) and column.name in VALUES:
        by_field = {name: _translated(found, texts, given) for name, texts in values_by_field(feed).items()}
        return translated_by_field(found, by_field)
    return found


def _translated(found: Sql, values: Mapping[str, str], given: Given) -> Sql:
    """SQL for the text that the values say stands for the one found."""

    def becomes(new: str) -> Sql:
        return given.text(_SKIPPED if new == SKIP else new)

    changed = [
        sql("when {old} then {new}", old=given.text(fold(old)), new=becomes(new))
        for old, new in values.items()
        if old != ELSE
    ]
    told = becomes(values[ELSE]) if ELSE in values else found
    blank = becomes(SKIP) if values.get(ELSE) == SKIP else sql("null")
    if changed:
        told = sql("case folded({found}) {changed} else {other} end", found=found, changed=in_turn(changed), other=told)
    known = sql("case when {found} is null then {blank} else {told} end", found=found, blank=blank, told=told)
    return sql("nullif({known}, '')", known=known)


def _value(column: ImportColumn, feed: Feed, given: Given, zone: Sql) -> Sql:
    if is_history(feed) and column.name in VALUES:
        return value_of_field(column, feed, zone)
    if is_history(feed) and column.name == "field":
        return TOLD
    value = typed(column, feed, zone)
    if column.name == "dated_by":
        return sql("coalesce({value}, {source})", value=value, source=quoted(BY_SOURCE))
    if column.name == "kind" and feed.rules:
        # Until all is read that may have come before.
        value = _by_rule({text: rule.kind for text, rule in feed.rules.items()}, value, given)
    if column.name != feed.table.rest:
        # A row that its source wrote in the future would be newer than all it says until then.
        not_ahead = sql("case when not {ahead} then {value} end", ahead=is_ahead(value), value=value)
        return not_ahead if column.beside else value
    if feed.rest:
        # The object column's own keys win over a heading of that name.
        others = object_of_cells(given, feed.rest, feed)
        value = sql("json_merge_patch({others}, coalesce({value}, '{}'))", others=others, value=value)
    if feed.rules:
        rule = _rule(feed, given)
        ruled = sql("json_merge_patch(coalesce({value}, '{}'), json_object('rule', {rule}))", value=value, rule=rule)
        value = sql("case when {rule} is null then {value} else {ruled} end", rule=rule, value=value, ruled=ruled)
    if feed.names_currency:
        # What the file says besides the amount wins over the sign that stands in it, and over its mapping.
        sign = sql("json_object('currency', {code})", code=currency(text_of("amount"), feed, given))
        value = sql("json_merge_patch({sign}, json_merge_patch('{}', coalesce({value}, '{}')))", sign=sign, value=value)
    if feed.table.name == "lead":
        # Its nulls are kept: they take away what an earlier file said.
        return value
    return sql("nullif(json_merge_patch('{}', {value})::varchar, '{}')::json", value=value)


def _rule(feed: Feed, given: Given) -> Sql:
    """SQL for the rule of the kind that a row has; null where it has none."""
    return _by_rule({text: str(rule) for text, rule in feed.rules.items()}, sql("null"), given)


def _by_rule(said: Mapping[str, str], otherwise: Sql, given: Given) -> Sql:
    """SQL for what is said of the kind that a row has, where that is a rule."""
    cases = in_turn(sql("when {text} then {told}", text=given.text(text), told=given.text(said[text])) for text in said)
    return sql("case kind_text {cases} else {otherwise} end", cases=cases, otherwise=otherwise)


def _unless_meant(column: ImportColumn, feed: Feed, zone: Sql) -> Sql:
    """SQL for a given text that means nothing; the table's JSON column holds other headings besides."""
    derived = column.by_reading or column.name == feed.table.rest
    meant = typed(column, feed, zone) if derived else named(column.name)
    text = text_of(column.name)
    return sql("case when {text} is not null and {meant} is null then {text} end", text=text, meant=meant)


def _fault(strict: list[ImportColumn], feed: Feed, given: Given) -> Sql:
    """SQL for why a row cannot be meant; null when it can."""

    def when(condition: Sql, fault: Sql) -> Sql:
        return sql("when {condition} then {fault}", condition=condition, fault=fault)

    cases = [
        when(sql("{text} is null", text=text_of(c.name)), quoted(f"{c.name} is blank")) for c in strict if c.in_row
    ]
    for column in strict:
        text, value = text_of(column.name), named(column.name)
        said = sql("{begin} || left({text}, 100)", begin=quoted(f"{column.name} '"), text=text)
        noun = f"{'an' if column.type.value[0] in 'aeiou' else 'a'} {column.type.value}"
        if column.type is not ValueType.TEXT:
            wrong = sql("{said} || {end}", said=said, end=quoted(f"' is not {noun}"))
            cases.append(when(sql("{text} is not null and {value} is null", text=text, value=value), wrong))
            if column.type is ValueType.INSTANT:
                never = sql("{said} || {end}", said=said, end=quoted("' is no date from the year 1 to 9999"))
                cases.append(when(sql("not writable({value})", value=value), never))
                if not column.by_reading:
                    ahead = sql("{said} || {end}", said=said, end=quoted(f"' {IS_AHEAD}"))
                    cases.append(when(is_ahead(value), ahead))
        elif column.one_of:
            words, all_words = listed(map(quoted, column.one_of)), given.text(", ".join(column.one_of))
            wrong = sql("{said} || {end} || {words}", said=said, end=quoted("' is not one of "), words=all_words)
            cases.append(when(sql("{value} not in ({words})", value=value, words=words), wrong))
    fault = sql("case {cases} end", cases=in_turn(cases))
    return sql("coalesce({fault}, {no_field})", fault=fault, no_field=no_field_fault()) if is_history(feed) else fault


def _row_hash(table: ImportTable, feed: Feed) -> Sql:
    """SQL for the hash of a row's typed values, unknown ones told apart from blank ones."""
    parts = []
    for column in table.columns:
        if column.name in table.key or column.by_reading:
            continue
        value = named(column.name) if column.name in feed.filled else sql("null")
        if column.type is ValueType.INSTANT:
            value = sql("epoch_us({value})", value=value)
        parts.append(sql("coalesce({value}::varchar, chr(30))", value=value))
    return sql("md5(concat_ws(chr(31), {parts}))", parts=listed(parts))


def _fact(feed: Feed, given: Given) -> Sql:
    """SQL for what an event is a statement of, by its own id, the key the mapping names, or its lead's id."""
    keys = [read_as(reading, feed.table.column("lead_id"), feed, given) for reading in feed.key]
    if has_key(feed):
        keys.append(text_of("lead_id"))
    own_id = text_of("event_id") if "event_id" in feed.columns else None
    return fact(feed, given, own_id, keys, _rule(feed, given))
