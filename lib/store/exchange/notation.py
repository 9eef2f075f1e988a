"""How a file writes its dates and numbers where nobody said: told from whole columns, or asked for, never guessed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from lib.core.errors import Fault, FileRefused
from lib.core.exchange.tables import ValueType
from lib.store.exchange.feeds import Feed, Recognised
from lib.store.exchange.files.data_file import DataFile
from lib.store.exchange.files.files import text_rows

ROWS_SAMPLED = 20_000
"""A column whose first so many rows need no telling is not looked at any further."""

LOCAL_DATE = r"^(?P<first>[0-9]{1,2})(?P<sign>[/.-])(?P<second>[0-9]{1,2})[/.-](?:[0-9]{4}|[0-9]{2})(?:[ ,T].*)?$"
"""A date that may begin with its day or with its month; `lib.store.exchange.staging` reads the same."""

_COMMA_BEFORE_FRACTION = (
    r"^[+-]?(?:[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{4,},[0-9]+|0,[0-9]+|[0-9]{1,3}(?:[. '][0-9]{3})+,[0-9]+)$"
)
_COMMA_BETWEEN_THOUSANDS = r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?$"
_POINT_BEFORE_FRACTION = (
    r"^[+-]?(?:[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]*|[0-9]{1,3}(?:,[0-9]{3}){2,})$"
)


@dataclass
class _Dates:
    """The first date seen that begins with the day, with the month, or with either, and the column it is in."""

    day_first: tuple[str, str] | None = None
    month_first: tuple[str, str] | None = None
    either: tuple[str, str] | None = None
    same: bool = False

    @property
    def seen(self) -> bool:
        return self.same or any((self.day_first, self.month_first, self.either))

    def look(self, column: str, texts: pa.Array) -> None:
        local = texts.filter(pc.match_substring_regex(texts, LOCAL_DATE))
        if not len(local):
            return
        parts = pc.extract_regex(local, LOCAL_DATE)
        first, second = (parts.field(name).cast(pa.int32()) for name in ("first", "second"))
        pointed = pc.equal(parts.field("sign"), ".")
        first_is_day = pc.and_(pc.less_equal(second, 12), pc.or_(pc.greater(first, 12), pointed))
        second_is_day = pc.and_(pc.less_equal(first, 12), pc.greater(second, 12))
        unsaid = pc.and_(pc.and_(pc.less_equal(first, 12), pc.less_equal(second, 12)), pc.invert(pointed))
        self.day_first = self.day_first or _example(column, local.filter(first_is_day))
        self.month_first = self.month_first or _example(column, local.filter(second_is_day))
        self.either = self.either or _example(column, local.filter(pc.and_(unsaid, pc.not_equal(first, second))))
        self.same = self.same or bool(pc.any(pc.and_(unsaid, pc.equal(first, second))).as_py())


@dataclass
class _Numbers:
    """Whether a column has numbers with a comma before the fraction, between thousands, and with a point."""

    comma: bool = False
    grouped: bool = False
    point: bool = False

    @property
    def seen(self) -> bool:
        return self.comma or self.grouped

    @property
    def decimal(self) -> str | None:
        """The sign before a fraction where the column leaves no doubt and plain digits do not do."""
        if self.comma:
            return None if self.point else ","
        return "." if self.grouped and self.point else None

    def look(self, texts: pa.Array) -> None:
        self.comma = self.comma or _any(texts, _COMMA_BEFORE_FRACTION)
        self.grouped = self.grouped or _any(texts, _COMMA_BETWEEN_THOUSANDS)
        self.point = self.point or _any(texts, _POINT_BEFORE_FRACTION)


def tell_notation(recognised: Sequence[Recognised]) -> tuple[Recognised, ...]:
    """The same files, their feeds knowing how each writes its dates and numbers.

    What a mapping says is kept. Otherwise all dates of a file are written in one
    way, and a number's column speaks for itself. Raises FileRefused for a file
    whose dates may begin with the day or with the month, or begin with both.
    """
    told: list[Recognised] = []
    faults: list[Fault] = []
    for one in recognised:
        try:
            told.append(_told(one))
        except FileRefused as refused:
            faults += refused.faults
    if faults:
        raise FileRefused(faults)
    return tuple(told)


def _told(recognised: Recognised) -> Recognised:
    file = recognised.file
    dates_at = {at: name for feed in recognised.feeds if not feed.date_formats for at, name in _cells(feed, _DATES)}
    numbers_at = {at for feed in recognised.feeds if feed.decimal is None for at, _ in _cells(feed, _NUMBERS)}
    if not dates_at and not numbers_at:
        return recognised
    whole, dates, numbers = _seen(file, dates_at, numbers_at, ROWS_SAMPLED)
    if not whole:
        _, dates, numbers = _seen(file, dates_at, numbers_at, None)
    day_first = _day_first(file, dates)
    decimals = {at: decimal for at, one in numbers.items() if (decimal := one.decimal) is not None}
    return replace(recognised, feeds=tuple(_knowing(feed, day_first, decimals) for feed in recognised.feeds))


_DATES = (ValueType.INSTANT,)
_NUMBERS = (ValueType.WHOLE, ValueType.DECIMAL, ValueType.DOUBLE)


def _cells(feed: Feed, types: tuple[ValueType, ...]) -> Iterator[tuple[int, str]]:
    """The positions read as a column of one of the types, with the column's name."""
    for name, readings in feed.columns.items():
        if feed.table.column(name).type in types:
            for reading in readings:
                yield from ((at, name) for part in reading if not isinstance(part, str) for at in part)


def _seen(
    file: DataFile, dates_at: dict[int, str], numbers_at: Iterable[int], most: int | None
) -> tuple[bool, _Dates, dict[int, _Numbers]]:
    """What the first `most` rows show, and whether no more need be looked at."""
    dates, numbers = _Dates(), {at: _Numbers() for at in numbers_at}
    blank = set(dates_at)
    rows = text_rows(file, most=most)
    try:
        for batch in rows.reader:
            for at, name in dates_at.items():
                texts = batch.column(f"c{at}").drop_null()
                if len(texts):
                    blank.discard(at)
                    dates.look(name, texts)
            for at, found in numbers.items():
                found.look(batch.column(f"c{at}").drop_null())
    except (pa.ArrowException, OSError, EOFError, UnicodeError) as error:
        if rows.fault is None:
            raise
        raise FileRefused(rows.fault) from error
    ended = most is None or rows.read < most
    # A column blank so far may hold dates of any form yet.
    return ended or not (dates.seen or blank or any(one.seen for one in numbers.values())), dates, numbers


def _day_first(file: DataFile, dates: _Dates) -> bool | None:
    """Whether the file's dates begin with the day; None where they are written as 2026-03-01."""
    if not dates.seen:
        return None
    remedy = "Write date_format in the mapping, or give --date-format: '%d/%m/%Y' or '%m/%d/%Y', say."
    if dates.day_first and dates.month_first:
        (column, day), (other, month) = dates.day_first, dates.month_first
        both = f"{column} '{day}' begins with the day and {other} '{month}' with the month"
        raise FileRefused(Fault(file.name, both, remedy))
    if dates.either and not dates.day_first and not dates.month_first:
        column, text = dates.either
        what = f"{column} '{text}' may begin with the day or with the month, and no date in the file tells which"
        raise FileRefused(Fault(file.name, what, remedy))
    return dates.month_first is None


def _knowing(feed: Feed, day_first: bool | None, decimals: dict[int, str]) -> Feed:
    by_column = {name: decimals[at] for at, name in _cells(feed, _NUMBERS) if at in decimals}
    return replace(
        feed,
        day_first=None if feed.date_formats else day_first,
        decimals=dict.fromkeys(by_column, feed.decimal) if feed.decimal else by_column,
    )


def _example(column: str, texts: pa.Array) -> tuple[str, str] | None:
    return (column, texts[0].as_py()) if len(texts) else None


def _any(texts: pa.Array, pattern: str) -> bool:
    return bool(len(texts)) and bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())
