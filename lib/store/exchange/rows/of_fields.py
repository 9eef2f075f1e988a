"""Histories of fields, a row a change: which fields of a lead it is of, and its values as each field's type has them.

What a name means, `FieldNames` says; here it is asked of whole columns.
"""

from collections.abc import Iterator, Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.definition.criteria import EXTRA_PREFIX
from lib.core.errors import did_you_mean
from lib.core.exchange.field_names import CHANGING, NUMBERS, FieldNames
from lib.core.exchange.mappings import SKIP, folded
from lib.core.exchange.tables import CHANGE, TABLES, ImportColumn
from lib.core.folding import fold
from lib.store.composing import Given, Sql, all_of, any_of, in_turn, listed, named, quoted, sql
from lib.store.exchange.rows.cells import first_of, read_as
from lib.store.exchange.rows.feeds import Feed
from lib.store.exchange.rows.meanings import as_id, text_of, typed
from lib.store.statements import statement

TOLD = named("told_field")
"""The field that a row is of, beside the row's cells; null where its name is none."""

VALUES = ("old_value", "value")

SIGNS = quoted(r"[^\p{L}\p{N}]")
"""What a name is compared without."""

LEAD = frozenset(TABLES["lead"].names)

MOST_HINTS = 1_000
"""So many names that are no field's are looked at for what may have been meant."""


def is_history(feed: Feed) -> bool:
    return feed.table is CHANGE


def rows_by_field(rows: Sql, feed: Feed, given: Given) -> Sql:
    """SQL for the rows of a history, each once for every field that its name stands for, with that field beside it."""
    if constant := feed.constants.get("field"):
        return sql("(select *, {field} as {told} from {rows})", field=given.text(constant), told=TOLD, rows=rows)
    column = feed.table.column("field")
    name = first_of([read_as(reading, column, feed, given) for reading in feed.columns["field"]])
    fields = fields_named(name, _names(feed), given)
    return sql("(select *, unnest({fields}) as {told} from {rows})", fields=fields, told=TOLD, rows=rows)


def _names(feed: Feed) -> FieldNames:
    assert feed.names is not None  # noqa: S101  (for mypy: every history has them)
    return feed.names


def fields_named(name: Sql, names: FieldNames, given: Given) -> Sql:
    """SQL for the list of fields that a name stands for, with nothing known in it where that is a fault."""
    compared = sql("regexp_replace(folded({name}), {signs}, '', 'g')", name=name, signs=SIGNS)
    said = in_turn(
        sql("when {text} then {fields}", text=given.text(one), fields=_list(fields, given))
        for one, fields in names.said.items()
    )
    if names.strict:
        rest = sql("nullif(regexp_extract({name}, '(?i)^extra[.] *(.*)$', 1), '')", name=name)
        other = sql("[{extra} || {rest}]", extra=quoted(EXTRA_PREFIX), rest=rest)
    elif names.others:
        kept = sql("[{extra} || {name}]", extra=quoted(EXTRA_PREFIX), name=name)
        passed = any_of(_is_like(name, compared, pattern, given) for pattern in names.ignored)
        other = sql("case when {passed} then []::varchar[] else {kept} end", passed=passed, kept=kept)
    else:
        other = sql("[]::varchar[]")
    told = sql("case {compared} {said} else {other} end", compared=compared, said=said, other=other) if said else other
    # Most names are written as they are meant, and to fold one takes longer than to compare it.
    plain = listed(given.text(one) for one, fields in names.said.items() if fields == (one,))
    if plain:
        told = sql("case when {name} in ({plain}) then [{name}] else {told} end", name=name, plain=plain, told=told)
    return sql("case when {name} is null then [null]::varchar[] else {told} end", name=name, told=told)


def _list(fields: tuple[str, ...], given: Given) -> Sql:
    return sql("[{fields}]::varchar[]", fields=listed(given.text(one) for one in fields))


def _is_like(name: Sql, compared: Sql, pattern: str, given: Given) -> Sql:
    """SQL for whether a name is one that a pattern names, as `is_like` says it."""
    start, star, rest = pattern.strip().partition("*")
    if not star:
        return sql("{compared} = {text}", compared=compared, text=given.text(folded(pattern)))
    if rest:
        return sql("folded({name}) glob {text}", name=name, text=given.text(fold(pattern)))
    return sql("starts_with({compared}, {text})", compared=compared, text=given.text(folded(start) if start else ""))


def translated_by_field(found: Sql, translated: Mapping[str, Sql]) -> Sql:
    """SQL for the text of a value, of some fields `translated`."""
    if not translated:
        return found
    cases = in_turn(sql("when {field} then {text}", field=quoted(name), text=translated[name]) for name in translated)
    return sql("case {told} {cases} else {found} end", told=TOLD, cases=cases, found=found)


def values_by_field(feed: Feed) -> dict[str, dict[str, str]]:
    """Which texts of a field become which others; what passes a lead's row over says nothing here."""
    return {
        name: {text: "" if new == SKIP else new for text, new in texts.items()}
        for name, texts in _names(feed).values.items()
    }


def value_of_field(column: ImportColumn, feed: Feed, zone: Sql) -> Sql:
    """SQL for a value of a history as its field casts to text; null where it is none of its field's type."""
    text = text_of(column.name)
    cases = [
        sql("when {field} then {number}::varchar", field=quoted(one.name), number=typed(one, feed, zone, text))
        for one in NUMBERS
    ]
    if feed.ids:
        cases.append(sql("when 'owner' then {owner}", owner=as_id(text, "owner", feed)))
    return sql("case {told} {cases} else {text} end", told=TOLD, cases=in_turn(cases), text=text)


def unknown_by_field(feed: Feed) -> Iterator[tuple[str, Sql]]:
    """The columns of staged rows that hold texts which are not of their field's type, and SQL for each."""
    for one in NUMBERS:
        of_field = sql("{told} = {field}", told=TOLD, field=quoted(one.name))
        texts = [
            sql(
                "case when {known} and {value} is null then {text} end",
                known=all_of([of_field, sql("{text} is not null", text=text_of(name))]),
                value=named(name),
                text=text_of(name),
            )
            for name in reversed(VALUES)
            if name in feed.filled
        ]
        yield f"{one.name}_unknown", first_of(texts)


def no_field_fault() -> Sql:
    """SQL for why a row is of no field; null where it is of one."""
    said = sql("'field ''' || left({name}, 100) || ''' is no field of a lead'", name=text_of("field"))
    unknown = sql("{told} is null and {name} is not null", told=TOLD, name=text_of("field"))
    return sql("case when {unknown} then {said} end", unknown=unknown, said=said)


def hint_at_fields(cursor: duckdb.DuckDBPyConnection, staged: str) -> None:
    """Says of names that are no field's which field may have been meant."""
    asked = statement("exchange/names_of_no_field", staged=named(staged))
    texts = [text for (text,) in cursor.execute(asked, {"most": MOST_HINTS}).fetchall()]
    # `lead_id` means what it says, and is none whose changes are kept.
    hints = {text: hint for text in texts if fold(text) not in LEAD and (hint := did_you_mean(fold(text), CHANGING))}
    if hints:
        given = {"texts": list(hints), "hints": list(hints.values())}
        cursor.execute(statement("exchange/hint_at_fields", staged=named(staged)), given)


def numbers_of(feed: Feed) -> Iterator[tuple[int, ImportColumn]]:
    """The positions that hold numbers among the values of other fields, with the field each is of."""
    if not is_history(feed):
        return
    for one in NUMBERS:
        for name in VALUES:
            for reading in feed.columns.get(name, ()):
                yield from ((at, one) for part in reading if not isinstance(part, str) for at in part)


def is_of(feed: Feed, batch: pa.RecordBatch, field: str) -> pa.Array:
    """Which rows of a batch of a file are of a field, where one cell names it; none where several do."""
    if "field" in feed.constants:
        return pa.array([feed.constants["field"] == field] * batch.num_rows)
    readings = feed.columns["field"]
    cells = [part for reading in readings for part in reading if not isinstance(part, str)]
    if len(readings) != 1 or len(cells) != 1 or len(cells[0]) != 1:
        return pa.array([False] * batch.num_rows)
    column = batch.column(f"c{cells[0][0]}")
    names = _names(feed)

    def is_named(text: str) -> bool:
        name = "".join(part if isinstance(part, str) else text for part in readings[0])
        return field in (names.fields(name) or ())

    of_field = [text for text in pc.unique(column).to_pylist() if text is not None and is_named(text)]
    return pc.is_in(column, value_set=pa.array(of_field, pa.string()))
