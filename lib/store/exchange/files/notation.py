"""How a file writes its dates and numbers where nobody said: told from whole columns, or asked for, never guessed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from lib.core.errors import Fault, FileRefused
from lib.core.exchange.mappings import CellTest
from lib.core.exchange.reading import CURRENCY_SIGNS, SHARED_SIGNS, Notation
from lib.core.exchange.tables import ImportColumn, ValueType
from lib.store.exchange.files.data_file import DataFile
from lib.store.exchange.files.files import text_rows
from lib.store.exchange.files.shown import Dates, Ids, Numbers
from lib.store.exchange.rows.feeds import Feed, Recognised, compared
from lib.store.exchange.rows.of_fields import is_of, numbers_of

ROWS_SAMPLED = 20_000
"""A file whose first so many rows need no telling is looked at further only where a later one does."""

_DATES = (ValueType.INSTANT,)
_MARKED = (ValueType.DECIMAL, ValueType.DOUBLE)
_NUMBERS = (ValueType.WHOLE, *_MARKED)


Place = tuple[int, str]
"""The position of a column; and, in a history, of which field the rows are, blank for all rows."""


@dataclass(frozen=True)
class _Shown:
    """What the numbers of one place show; `marks` may stand beside them. Of a history, the `feed` says which rows."""

    numbers: Numbers
    marks: bool
    feed: Feed | None = None

    def look(self, place: Place, batch: pa.RecordBatch) -> None:
        at, field_name = place
        texts = batch.column(f"c{at}")
        if self.feed is not None:
            texts = texts.filter(is_of(self.feed, batch, field_name))
        self.numbers.look(texts.drop_null(), marks=self.marks)


@dataclass
class _Seen:
    """What the rows looked at show, by position."""

    dates_at: Mapping[int, str]
    shown: Mapping[Place, _Shown]
    ids: Mapping[int, Ids]
    ended: bool = True
    dates: Dates = field(default_factory=Dates)

    @property
    def numbers(self) -> list[Numbers]:
        return [one.numbers for one in self.shown.values()]

    @property
    def needs_telling(self) -> bool:
        return (
            self.dates.spelled
            or any(not one.plain for one in self.numbers)
            or any(one.whole for one in self.ids.values())
        )

    def look(self, batch: pa.RecordBatch) -> None:
        for at, name in self.dates_at.items():
            self.dates.look(name, batch.column(f"c{at}").drop_null())
        for place, one in self.shown.items():
            one.look(place, batch)
        for at, ids in self.ids.items():
            ids.look(batch.column(f"c{at}").drop_null())


def tell_notation(recognised: Sequence[Recognised]) -> tuple[Recognised, ...]:
    """The same files, their feeds knowing how each writes its dates and numbers.

    What a mapping or an option says is kept. Otherwise all dates of a file are written in one
    way, and a number's column speaks for itself. Raises FileRefused for a file
    whose dates may begin with the day or with the month, begin with both or have years of two digits, and
    for one with a column of numbers that may be a thousand times more or less.
    """
    return _each(recognised, ROWS_SAMPLED)


def tell_whole_notation(recognised: Sequence[Recognised]) -> tuple[Recognised, ...]:
    """The same, every row of each file looked at."""
    return _each(recognised, None)


def _each(recognised: Sequence[Recognised], most: int | None) -> tuple[Recognised, ...]:
    told: list[Recognised] = []
    faults: list[Fault] = []
    for one in recognised:
        try:
            told.append(_told(one, most))
        except FileRefused as refused:
            faults += refused.faults
    if faults:
        raise FileRefused(faults)
    return tuple(told)


def _told(recognised: Recognised, most: int | None) -> Recognised:
    file = recognised.file
    if not recognised.feeds:
        return recognised
    seen = _seen(recognised, most)
    if seen.needs_telling and not seen.ended:
        seen = _seen(recognised, None)
    faults = _faults(file, seen)
    if faults:
        raise FileRefused(faults)
    day_first = seen.dates.month_first is None if seen.dates.local else None
    feeds = tuple(replace(feed, notation=_notation(feed, seen, day_first)) for feed in recognised.feeds)
    return replace(recognised, feeds=feeds, remarks=_remarks(file, seen))


def _cells(feed: Feed, types: tuple[ValueType, ...]) -> Iterator[tuple[int, ImportColumn]]:
    """The positions read as a column of one of the types, or compared as one, with the column."""
    for name, readings in feed.columns.items():
        column = feed.table.column(name)
        if column.type in types:
            for reading in readings:
                yield from ((at, column) for part in reading if not isinstance(part, str) for at in part)
    for cell, condition in (*feed.when, *feed.unless, *feed.gone):
        if isinstance(condition, CellTest) and condition.bounds:
            column = compared(cell, condition, feed)
            if column.type in types:
                yield from ((at, column) for at in cell)


def _seen(recognised: Recognised, most: int | None) -> _Seen:
    """What the first `most` rows of the file show."""
    file, feeds = recognised.file, recognised.feeds
    shown = {
        (at, ""): _Shown(
            Numbers(column.name, told=feed.decimal is not None or at in file.typed), column.type in _MARKED
        )
        for feed in feeds
        for at, column in _cells(feed, _NUMBERS)
    }
    shown |= {
        (at, column.name): _Shown(Numbers(column.name, told=feed.decimal is not None), column.type in _MARKED, feed)
        for feed in feeds
        for at, column in numbers_of(feed)
    }
    dates_at = {at: column.name for feed in feeds if not feed.date_formats for at, column in _cells(feed, _DATES)}
    ids = {at: Ids(column.name) for feed in feeds for at, column in _cells(feed, (ValueType.TEXT,)) if column.is_id}
    seen = _Seen(dates_at, shown, ids)
    if not dates_at and not shown and not ids:
        return seen
    rows = text_rows(file, most=most)
    try:
        for batch in rows.reader:
            seen.look(batch)
    except (pa.ArrowException, OSError, EOFError, UnicodeError) as error:
        if rows.fault is None:
            raise
        raise FileRefused(rows.fault) from error
    seen.ended = most is None or rows.read < most
    return seen


def _faults(file: DataFile, seen: _Seen) -> list[Fault]:
    """What in the file can be read two ways, and how to say which."""
    faults = []
    dates = seen.dates
    by_format = "Write date_format in the mapping, or give --date-format:"
    if dates.short_year:
        column, text = dates.short_year
        what = f"{column} '{text}' has a year of two digits, and nothing says of which century"
        faults.append(Fault(file.name, what, f"{by_format} '%d/%m/%y' or '%m/%d/%y', say."))
    if dates.day_first and dates.month_first:
        (column, day), (other, month) = dates.day_first, dates.month_first
        both = f"{column} '{day}' begins with the day and {other} '{month}' with the month"
        faults.append(Fault(file.name, both, f"{by_format} '%d/%m/%Y' or '%m/%d/%Y', say."))
    elif dates.either and not dates.day_first and not dates.month_first:
        column, text = dates.either
        what = f"{column} '{text}' may begin with the day or with the month, and no date in the file tells which"
        faults.append(Fault(file.name, what, f"{by_format} '%d/%m/%Y' or '%m/%d/%Y', say."))
    for one in seen.numbers:
        if one.either and not one.told and not one.comma and not one.point:
            what = f"{one.name} '{one.either}' may be {_both(one.either)}, and no number of the column tells which"
            remedy = "Write decimal in the mapping, or give --decimal: ',' or '.', whichever stands before a fraction."
            faults.append(Fault(file.name, what, remedy))
    return faults


def _both(number: str) -> str:
    """`1.5 or 1,500`: what a number means whose sign may stand before a fraction or between thousands."""
    bare = "".join(character for character in number if character in "0123456789.,")
    whole, thousands = bare.replace(",", ".").split(".")
    return f"{float(f'{whole}.{thousands}'):g} or {int(whole + thousands):,}"


def _remarks(file: DataFile, seen: _Seen) -> tuple[str, ...]:
    """The currencies that stand in the file's amounts, and what a sign of several was taken for."""
    remarks = []
    for one in seen.numbers:
        if one.currencies:
            marks = ", ".join(f"{mark} (like '{text}')" for mark, text in one.currencies.items())
            shared = [f"{mark} is taken for {CURRENCY_SIGNS[mark]}" for mark in one.currencies if mark in SHARED_SIGNS]
            remarks.append(f"{file.name}: {one.name} is written with {'; '.join([marks, *shared])}")
    return tuple(dict.fromkeys(remarks))


def _notation(feed: Feed, seen: _Seen, day_first: bool | None) -> Notation:
    numbers: dict[str, list[Numbers]] = {}
    typed: dict[str, bool] = {}
    for at, column in _cells(feed, _NUMBERS):
        numbers.setdefault(column.name, []).append(seen.shown[at, ""].numbers)
        typed[column.name] = typed.get(column.name, True) and at in feed.file.typed
    for at, column in numbers_of(feed):
        numbers.setdefault(column.name, []).append(seen.shown[at, column.name].numbers)
    ids: dict[str, list[Ids]] = {}
    for at, column in _cells(feed, (ValueType.TEXT,)):
        if column.is_id:
            ids.setdefault(column.name, []).append(seen.ids[at])
    decimals = {
        name: decimal
        for name, ones in numbers.items()
        if not typed.get(name, False)
        and (decimal := feed.decimal or next((one.decimal for one in ones if one.decimal), None)) is not None
    }
    return Notation(
        sampled=not seen.ended,
        spelled=seen.dates.spelled,
        day_first=day_first,
        decimals=decimals,
        pointed=frozenset(name for name, ones in numbers.items() if any(one.point for one in ones)),
        marked=frozenset(name for name, ones in numbers.items() if any(one.marked for one in ones)),
        torn=frozenset(name for name, ones in numbers.items() if any(one.comma and one.point for one in ones)),
        whole_ids=frozenset(name for name, ones in ids.items() if _all_whole(ones)),
        unseen_ids=frozenset(name for name, ones in ids.items() if not all(one.seen for one in ones)),
    )


def _all_whole(ids: Sequence[Ids]) -> bool:
    return any(one.seen for one in ids) and not any(one.other for one in ids)
