"""SQL for what stands in the cells of a row: the first of several that has a value, as texts, joined, as an object."""

from collections.abc import Iterable, Sequence

from lib.core.exchange.reading import PLACEHOLDERS
from lib.core.exchange.tables import ImportColumn
from lib.core.folding import fold
from lib.store.composing import Given, Sql, listed, named, sql, whole
from lib.store.exchange.rows.feeds import Feed, texts_of
from lib.store.exchange.rows.headings import Cell, Reading
from lib.store.exchange.rows.meanings import as_id

WIDE = 500
"""With more headings than this, a row's cells are one list: DuckDB keeps 2,048 rows of every column at hand."""


def is_wide(feed: Feed) -> bool:
    return len(feed.file.headings) > WIDE


def column_at(at: int, feed: Feed, *, whole_cell: bool = False) -> Sql:
    """SQL for the text of one cell; of several texts in it the one that counts, unless it is asked for whole."""
    if not whole_cell and any(at == position for position, _ in feed.each):
        return named(f"one_of_{at}")
    return sql("cells[{place}]", place=whole(at + 1)) if is_wide(feed) else named(f"c{at}")


def object_of_cells(given: Given, pairs: Sequence[tuple[str, Cell]], feed: Feed) -> Sql:
    if not is_wide(feed):
        parts = [part for key, cell in pairs for part in (given.text(key), cell_text(cell, feed, given))]
        return sql("json_object({pairs})", pairs=listed(parts))
    # A column each would take a gigabyte; keys and values in two lists take what they hold.
    plain = {key: cell[0] + 1 for key, cell in pairs if len(cell) == 1}
    joined = {key: cell for key, cell in pairs if key not in plain}
    values = sql("list_select(cells, {places})", places=given.numbers(list(plain.values())))
    if none := _blank_texts(tuple(at for _, cell in pairs for at in cell), feed, ()):
        one = _not_blank(sql("one"), none, given)
        values = sql("list_transform({values}, lambda one: {one})", values=values, one=one)
    if joined:
        others = listed(cell_text(cell, feed, given) for cell in joined.values())
        values = sql("list_concat({values}, [{others}])", values=values, others=others)
    return sql("to_json(map({keys}, {values}))", keys=given.texts([*plain, *joined]), values=values)


def cell_text(cell: Cell, feed: Feed, given: Given, spoken_of: Iterable[str] = ()) -> Sql:
    """SQL for the first of the cells that has a value; texts `spoken_of` are values, whatever they look like."""

    def read(at: int) -> Sql:
        none = _blank_texts((at,), feed, spoken_of)
        return _not_blank(column_at(at, feed), none, given) if none else column_at(at, feed)

    return first_of([read(at) for at in cell])


def kept_positions(feed: Feed) -> frozenset[int]:
    """The positions whose placeholders are no blanks while the file is read: the mapping speaks of them."""
    if not feed.placeholders:
        return frozenset(range(len(feed.file.headings)))
    spoken = [(cell, texts_of(condition)) for cell, condition in (*feed.when, *feed.unless, *feed.gone)]
    spoken += [
        (part, tuple(values))
        for column, values in feed.values.items()
        for reading in feed.columns.get(column, ())
        for part in reading
        if not isinstance(part, str)
    ]
    return frozenset(at for cell, texts in spoken if not PLACEHOLDERS.isdisjoint(_lower(texts)) for at in cell)


def _blank_texts(cell: Cell, feed: Feed, spoken_of: Iterable[str]) -> list[str]:
    """The texts, in lower case, that are no value in these cells; what is none in any has gone while reading."""
    placeholders = PLACEHOLDERS if feed.placeholders and not kept_positions(feed).isdisjoint(cell) else frozenset()
    return [*_lower(feed.blank), *sorted(placeholders.difference(_lower(spoken_of)))]


def _lower(texts: Iterable[str]) -> list[str]:
    return [text.strip().lower() for text in texts]


def first_of(values: Sequence[Sql]) -> Sql:
    """SQL for the first of the values that is known."""
    return values[0] if len(values) == 1 else sql("coalesce({values})", values=listed(values))


def _not_blank(cell: Sql, blank: Iterable[str], given: Given) -> Sql:
    none = listed(given.text(fold(one)) for one in blank)
    return sql("case when folded({cell}) not in ({none}) then {cell} end", cell=cell, none=none)


def read_as(reading: Reading, column: ImportColumn, feed: Feed, given: Given) -> Sql:
    """SQL for what one reading of a row gives."""
    spoken_of = feed.values.get(column.name, {})
    parts = [given.text(part) if isinstance(part, str) else cell_text(part, feed, given, spoken_of) for part in reading]
    if column.is_id:
        parts = [
            part if isinstance(read, str) else as_id(part, column.name, feed)
            for part, read in zip(parts, reading, strict=True)
        ]
    if len(parts) == 1:
        return parts[0]
    cells = [part for part, read in zip(parts, reading, strict=True) if not isinstance(read, str)]
    joined = sql("nullif(trim(concat({parts})), '')", parts=listed(parts))
    return sql("case when coalesce({cells}) is not null then {joined} end", cells=listed(cells), joined=joined)
