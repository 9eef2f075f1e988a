"""How a file writes its dates and numbers where nobody said: told from whole columns, or asked for, never guessed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.core.errors import Fault, FileRefused
from lib.core.exchange.mappings import CellTest
from lib.core.exchange.reading import AMOUNT, CURRENCY_SIGNS, GROUPING, SHARED_SIGNS, Notation
from lib.core.exchange.tables import ImportColumn, ValueType
from lib.store.exchange.files.data_file import DataFile
from lib.store.exchange.files.files import text_rows
from lib.store.exchange.rows.feeds import Feed, Recognised, compared

ROWS_SAMPLED = 20_000
"""A file whose first so many rows need no telling is looked at further only where a later one does."""

ISO_DATE = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
    r"(?:Z| UTC|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?)?)?$"
)
LOCAL_DATE = r"^(?P<first>[0-9]{1,2})(?P<sign>[/.-])(?P<second>[0-9]{1,2})[/.-][0-9]{4}(?:[ ,T].*)?$"
"""A date that may begin with its day or with its month; `sql/spelled_instant.sql` reads the same."""

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[.]?"
SHORT_YEAR = (
    rf"(?i)^(?:[0-9]{{1,2}}[/.-][0-9]{{1,2}}|[0-9]{{1,2}}[ ./-]*{_MONTH}|{_MONTH} *[0-9]{{1,2}},?)"
    r"[ ./'-]*[/ .'-][0-9]{2}(?:[ ,T].*)?$"
)
"""A date whose year has two digits."""

_WHOLE = r"^[+-]?[0-9]+$"
_THOUSANDS = rf"[0-9]{{1,3}}(?:[{GROUPING}][0-9]{{3}})+"
_COMMA_BEFORE_FRACTION = (
    r"^(?:[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{4,},[0-9]+|0[0-9]*,[0-9]+"
    rf"|{_THOUSANDS},[0-9]+|[0-9]{{1,3}}(?:\.[0-9]{{3}})+,[0-9]+|[0-9]{{1,3}}(?:\.[0-9]{{3}}){{2,}})$"
)
_POINT_BEFORE_FRACTION = (
    r"^(?:[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})|[0-9]{4,}\.[0-9]+|(?:0[0-9]*)?\.[0-9]+|[0-9]+\.?[0-9]*[eE][+-]?[0-9]+"
    rf"|{_THOUSANDS}\.[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+\.[0-9]*|[0-9]{{1,3}}(?:,[0-9]{{3}}){{2,}})$"
)
EITHER = r"^[1-9][0-9]{0,2}[.,][0-9]{3}$"
"""A number that is a thousand times more where its sign parts thousands than where it stands before a fraction."""

_DATES = (ValueType.INSTANT,)
_MARKED = (ValueType.DECIMAL, ValueType.DOUBLE)
_NUMBERS = (ValueType.WHOLE, *_MARKED)

Example = tuple[str, str]
"""A column and a text in it."""


@dataclass
class _Dates:
    """The first date seen that begins with the day, with the month, or with either, and the column it is in."""

    day_first: Example | None = None
    month_first: Example | None = None
    either: Example | None = None
    short_year: Example | None = None
    same: bool = False
    spelled: bool = False

    @property
    def local(self) -> bool:
        return self.same or any((self.day_first, self.month_first, self.either))

    def look(self, column: str, texts: pa.Array) -> None:
        spelled = texts.filter(pc.invert(pc.match_substring_regex(texts, ISO_DATE)))
        if not len(spelled):
            return
        self.spelled = True
        short = spelled.filter(pc.match_substring_regex(spelled, SHORT_YEAR))
        self.short_year = self.short_year or _example(column, short)
        local = spelled.filter(pc.match_substring_regex(spelled, LOCAL_DATE))
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
    """What the numbers of a column show: which sign stands before fractions, and what else is not plain."""

    name: str
    told: bool
    """Somebody, or the file itself, says which sign stands before a fraction."""
    comma: bool = False
    point: bool = False
    grouped: bool = False
    unread: bool = False
    either: str | None = None
    marked: bool = False
    currencies: dict[str, str] = field(default_factory=dict)
    """The signs and codes seen, with the first amount of each."""

    @property
    def plain(self) -> bool:
        """Whether digits and a point that stands before fractions are all there is."""
        return not (self.comma or self.grouped or self.unread or self.marked or (self.either and not self.point))

    @property
    def decimal(self) -> str | None:
        """The sign before a fraction where the column leaves no doubt and plain digits do not do."""
        if self.comma:
            return None if self.point else ","
        return "." if self.grouped or self.marked else None

    def look(self, texts: pa.Array, *, marks: bool) -> None:
        texts = texts.filter(pc.invert(pc.match_substring_regex(texts, _WHOLE)))
        if not len(texts):
            return
        bare = pc.replace_substring_regex(texts, r"^[+-]", "")
        if marks:
            parts = pc.extract_regex(texts, AMOUNT)
            read = parts.is_valid()
            bare = pc.if_else(read, pc.struct_field(parts, "number"), bare)
            self._look_at_marks(texts.filter(read), parts.filter(read))
        self.comma = self.comma or _any(bare, _COMMA_BEFORE_FRACTION)
        self.point = self.point or _any(bare, _POINT_BEFORE_FRACTION)
        self.grouped = self.grouped or _any(bare, rf"[,{GROUPING}]")
        self.unread = self.unread or _any(bare, rf"[^0-9.,{GROUPING}]")
        if self.either is None:
            either = texts.filter(pc.match_substring_regex(bare, EITHER))
            self.either = either[0].as_py() if len(either) else None

    def _look_at_marks(self, texts: pa.Array, parts: Any) -> None:
        if not len(texts):
            return
        self.marked = self.marked or any(
            bool(pc.any(pc.not_equal(parts.field(part), "")).as_py()) for part in ("open", "before", "after")
        )
        self.marked = self.marked or bool(pc.any(pc.match_substring(texts, "−")).as_py())
        for part in ("before", "after"):
            for mark in pc.unique(parts.field(part)).to_pylist():
                if mark and mark not in self.currencies:
                    self.currencies[mark] = texts.filter(pc.equal(parts.field(part), mark))[0].as_py()


@dataclass
class _Ids:
    """Whether a column of ids has a value, and one that is no whole number written with `.0`."""

    name: str
    seen: bool = False
    other: bool = False

    @property
    def whole(self) -> bool:
        return self.seen and not self.other

    def look(self, texts: pa.Array) -> None:
        if len(texts) and not self.other:
            self.seen = True
            self.other = not pc.all(pc.match_substring_regex(texts, r"^[0-9]+\.0+$")).as_py()


@dataclass
class _Seen:
    """What the rows looked at show, by position."""

    dates_at: Mapping[int, str]
    numbers: Mapping[int, tuple[_Numbers, bool]]
    ids: Mapping[int, _Ids]
    ended: bool = True
    dates: _Dates = field(default_factory=_Dates)

    @property
    def needs_telling(self) -> bool:
        return (
            self.dates.spelled
            or any(not one.plain for one, _ in self.numbers.values())
            or any(one.whole for one in self.ids.values())
        )

    def look(self, batch: pa.RecordBatch) -> None:
        for at, name in self.dates_at.items():
            self.dates.look(name, batch.column(f"c{at}").drop_null())
        for at, (one, marks) in self.numbers.items():
            one.look(batch.column(f"c{at}").drop_null(), marks=marks)
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
    numbers = {
        at: (_Numbers(column.name, told=feed.decimal is not None or at in file.typed), column.type in _MARKED)
        for feed in feeds
        for at, column in _cells(feed, _NUMBERS)
    }
    dates_at = {at: column.name for feed in feeds if not feed.date_formats for at, column in _cells(feed, _DATES)}
    ids = {at: _Ids(column.name) for feed in feeds for at, column in _cells(feed, (ValueType.TEXT,)) if column.is_id}
    seen = _Seen(dates_at, numbers, ids)
    if not dates_at and not numbers and not ids:
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
    for one, _ in seen.numbers.values():
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
    for one, _ in seen.numbers.values():
        if one.currencies:
            marks = ", ".join(f"{mark} (like '{text}')" for mark, text in one.currencies.items())
            shared = [f"{mark} is taken for {CURRENCY_SIGNS[mark]}" for mark in one.currencies if mark in SHARED_SIGNS]
            remarks.append(f"{file.name}: {one.name} is written with {'; '.join([marks, *shared])}")
    return tuple(dict.fromkeys(remarks))


def _notation(feed: Feed, seen: _Seen, day_first: bool | None) -> Notation:
    numbers: dict[str, list[_Numbers]] = {}
    typed: dict[str, bool] = {}
    for at, column in _cells(feed, _NUMBERS):
        numbers.setdefault(column.name, []).append(seen.numbers[at][0])
        typed[column.name] = typed.get(column.name, True) and at in feed.file.typed
    ids: dict[str, list[_Ids]] = {}
    for at, column in _cells(feed, (ValueType.TEXT,)):
        if column.is_id:
            ids.setdefault(column.name, []).append(seen.ids[at])
    decimals = {
        name: decimal
        for name, ones in numbers.items()
        if not typed[name]
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


def _all_whole(ids: Sequence[_Ids]) -> bool:
    return any(one.seen for one in ids) and not any(one.other for one in ids)


def _example(column: str, texts: pa.Array) -> Example | None:
    return (column, texts[0].as_py()) if len(texts) else None


def _any(texts: pa.Array, pattern: str) -> bool:
    return bool(len(texts)) and bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())
