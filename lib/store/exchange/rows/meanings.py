"""What a text of a file means: SQL for the value of a column's type, null where the text means none."""

from dataclasses import dataclass

import duckdb

from lib.core.exchange.field_names import NUMBERS
from lib.core.exchange.reading import AMOUNT, CURRENCY_SIGNS, EPOCH, EPOCH_MS, GROUPING, ISO, SALESFORCE, SERIAL
from lib.core.exchange.tables import CHANGE, ImportColumn, ValueType
from lib.store.composing import Given, Sql, in_turn, listed, named, quoted, sql, whole
from lib.store.exchange.files.shown import EITHER
from lib.store.exchange.rows.feeds import Feed

TOO_BRIEFLY = "looked at too briefly"
"""The error by which a query says that a row needs telling that the first ones did not."""

_AMOUNT_PARTS = {"before": 3, "number": 5, "after": 6}
"""Which group of `AMOUNT` is which."""


def text_of(column: str) -> Sql:
    """The column that has the text before it is read as a value."""
    return named(f"{column}_text")


def typed(column: ImportColumn, feed: Feed, zone: Sql, text: Sql | None = None) -> Sql:
    """SQL for a column's text as a value of the column's type; null when it is none."""
    text = text or text_of(column.name)
    match column.type:
        case ValueType.TEXT:
            return sql("folded({text})", text=text) if column.one_of else text
        case ValueType.INSTANT:
            return instant(text, feed, zone)
        case ValueType.MONTH:
            return sql("month_of({text})", text=text)
        case ValueType.OBJECT:
            return sql("object_of({text})", text=text)
        case ValueType.TRUTH:
            return sql("truth_of({text})", text=text)
        case ValueType.WHOLE:
            return _number("whole_of", text, column.name, feed)
        case ValueType.DECIMAL:
            return _number("amount_of", text, column.name, feed)
        case ValueType.DOUBLE:
            return _number("number_of", text, column.name, feed)


def by_reading(column: ImportColumn, feed: Feed, zone: Sql) -> Sql:
    """SQL for whether an event is known by its day alone, or for when that day ends: as the file says, else as its date
    is written."""
    said = typed(column, feed, zone)
    if column.type is ValueType.INSTANT:
        end = sql("day_end_of(occurred_at, {zone})", zone=zone)
        return sql("case when by_day then coalesce({said}, {end}) end", said=said, end=end)
    return sql("coalesce({said}, {day_alone})", said=said, day_alone=_is_day_alone(text_of("occurred_at"), feed))


def iso_instant(text: Sql, zone: Sql) -> Sql:
    """SQL for the instant that a text as we write it means: a date alone is a day of the zone."""
    return sql("instant_of({text}, {zone})", text=text, zone=zone)


def currency(text: Sql, feed: Feed, given: Given) -> Sql:
    """SQL for the code of the currency that stands in an amount, else of the one its file's amounts are in."""
    told = sql("null::varchar")
    if feed.currency is not None:
        told = sql("case when {text} is not null then {code} end", text=text, code=given.text(feed.currency))
    if "amount" not in feed.notation.marked:
        return told
    return sql("coalesce({written}, {told})", written=_currency_written(text, given), told=told)


def _currency_written(text: Sql, given: Given) -> Sql:
    before, after = (
        sql(
            "nullif(regexp_extract({text}, {amount}, {part}), '')",
            text=text,
            amount=quoted(AMOUNT),
            part=whole(_AMOUNT_PARTS[part]),
        )
        for part in ("before", "after")
    )
    mark = sql("coalesce({before}, {after})", before=before, after=after)
    signs = in_turn(
        sql("when {sign} then {code}", sign=given.text(sign), code=given.text(code))
        for sign, code in CURRENCY_SIGNS.items()
    )
    return sql("case {mark} {signs} else {mark} end", mark=mark, signs=signs)


def as_id(text: Sql, column: str, feed: Feed) -> Sql:
    """SQL for an id as it is compared: whole numbers without `.0`, a source's ids in one shape, or as the database
    has them."""
    if column in feed.notation.whole_ids:
        text = sql("regexp_replace({text}, {zeros}, '')", text=text, zeros=quoted(r"\.0+$"))
    elif feed.notation.sampled and column in feed.notation.unseen_ids:
        text = sql("if({text} like '%.0', error({why})::varchar, {text})", text=text, why=quoted(TOO_BRIEFLY))
    if feed.ids != SALESFORCE:
        return text
    long = sql("long_salesforce_id({text})", text=text)
    if not feed.short_ids:
        return long
    return sql("coalesce((select short from short_id where short_id.long = {long}), {long})", long=long)


def _number(meaning: str, text: Sql, column: str, feed: Feed) -> Sql:
    """SQL for the number that the column's text means, whatever parts its thousands; null when it is none."""
    notation = feed.notation
    plain = text
    if column in notation.marked:
        number = whole(_AMOUNT_PARTS["number"])
        plain = sql("bare_amount({text}, {amount}, {number})", text=plain, amount=quoted(AMOUNT), number=number)
    if point := notation.decimals.get(column):
        grouping = quoted(GROUPING + ("." if point == "," else ","))
        plain = sql("plain_number({text}, {grouping}, {point})", text=plain, grouping=grouping, point=quoted(point))
    if column in notation.torn and not feed.decimal:
        plain = sql("nullif({plain}, regexp_extract({plain}, {either}))", plain=plain, either=quoted(EITHER))
    value = sql("{meaning}({plain})", meaning=named(meaning), plain=plain)
    if not notation.sampled:
        return value
    if not point and column not in notation.pointed:
        # A point among whole numbers may part thousands as well.
        value = sql("case when not contains({text}, '.') then {value} end", text=text, value=value)
    return _told(value, text)


def _told(value: Sql, text: Sql) -> Sql:
    """SQL for the value, an error where a text has none: later rows may be written as the first ones were not."""
    error = sql("case when {text} is not null then error({why}) end", text=text, why=quoted(TOO_BRIEFLY))
    return sql("coalesce({value}, {error})", value=value, error=error)


def instant(text: Sql, feed: Feed, zone: Sql) -> Sql:
    """SQL for the instant the text means; null when it means none."""
    if feed.date_formats:
        return sql("coalesce({all})", all=listed(_formatted(text, form, feed, zone) for form in feed.date_formats))
    instant = _iso(text, feed, zone)
    if feed.notation.sampled:
        return _told(instant, text)
    if not feed.notation.spelled:
        return instant
    order = {True: quoted(r"\3-\2-\1"), False: quoted(r"\3-\1-\2"), None: sql("null")}[feed.notation.day_first]
    local = sql("true") if feed.time_zone else sql("false")
    spelled = sql("spelled_instant({text}, {order}, {zone}, {local})", text=text, order=order, zone=zone, local=local)
    return sql("coalesce({instant}, {spelled})", instant=instant, spelled=spelled)


def _iso(text: Sql, feed: Feed, zone: Sql) -> Sql:
    meaning = named("instant_in_zone_of" if feed.time_zone else "instant_of")
    return sql("{meaning}({text}, {zone})", meaning=meaning, text=text, zone=zone)


def _formatted(text: Sql, form: str, feed: Feed, zone: Sql) -> Sql:
    if form == ISO:
        return _iso(text, feed, zone)
    if form == EPOCH:
        return sql("epoch_instant({text}, 1)", text=text)
    if form == EPOCH_MS:
        return sql("epoch_instant({text}, 1000)", text=text)
    moment = sql("try_strptime({text}, {form})", text=text, form=quoted(form))
    if form == SERIAL:
        moment = sql("serial_moment({text})", text=text)
        whole_day = sql("{text} not similar to '.*[.,].*'", text=text)
        local = _local(moment, zone)
        return (
            local if feed.time_zone else sql("if({day}, {local}, {moment})", day=whole_day, local=local, moment=moment)
        )
    if "%Y" in form:
        # It takes 26 for the year 26 of our era.
        moment = sql("if(year({moment}) >= 1000, {moment}, null)", moment=moment)
    if "%z" in form:
        return sql("{moment}::timestamp", moment=moment)
    return moment if _has_clock(form) and not feed.time_zone else _local(moment, zone)


def _is_day_alone(text: Sql, feed: Feed) -> Sql:
    """SQL for whether the text, which is a date, has no time."""
    if not feed.date_formats:
        return sql("not contains({text}, ':')", text=text)

    def when(form: str) -> Sql:
        if form == ISO:
            return sql("when is_day({text}) then true when is_instant({text}) then false", text=text)
        if form == SERIAL:
            return sql("when serial_moment({text}) is not null then {text} not similar to '.*[.,].*'", text=text)
        if form in (EPOCH, EPOCH_MS):
            return sql("when epoch_instant({text}, 1) is not null then false", text=text)
        day = sql("false") if _has_clock(form) else sql("true")
        return sql("when try_strptime({text}, {form}) is not null then {day}", text=text, form=quoted(form), day=day)

    return sql("case {forms} else false end", forms=in_turn(when(form) for form in feed.date_formats))


def _has_clock(form: str) -> bool:
    return any(part in form for part in ("%H", "%I", "%-H", "%-I", "%c", "%X", EPOCH))


def _local(moment: Sql, zone: Sql) -> Sql:
    return sql("local_instant({moment}, {zone})::timestamp", moment=moment, zone=zone)


def typed_columns(feed: Feed) -> tuple[ImportColumn, ...]:
    """The columns of a table, or of a history the fields, whose texts may be none of their type."""
    return NUMBERS if feed.table is CHANGE else feed.table.columns


@dataclass(frozen=True)
class Unknown:
    """The staged texts of a column that are not of its type, and what is said before and after each."""

    text: Sql
    begin: Sql
    end: Sql


def unknown_of(cursor: duckdb.DuckDBPyConnection, staged: str, column: ImportColumn) -> Unknown | None:
    """Where the texts of a staged column stand that are not of its type; None where every text is of it."""
    unknown = f"{column.name}_unknown"
    described = sql("select column_name from (describe {staged})", staged=named(staged))
    if unknown not in {name for (name,) in cursor.execute(described).fetchall()}:
        return None
    nouns = {ValueType.DECIMAL: "an amount", ValueType.TRUTH: ValueType.TRUTH.value}
    nouns |= {ValueType.INSTANT: "a date up to now"} if column.beside else {}
    return Unknown(
        text=named(unknown),
        begin=quoted(f"{column.name} '"),
        end=quoted(f"' is not {nouns.get(column.type, f'a {column.type.value}')}, and unknown"),
    )
