"""What the texts of a column show of how it is written: its dates, its numbers, its ids."""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.core.exchange.reading import AMOUNT, GROUPING

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

Example = tuple[str, str]
"""A column and a text in it."""


@dataclass
class Dates:
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
class Numbers:
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
class Ids:
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


def _example(column: str, texts: pa.Array) -> Example | None:
    return (column, texts[0].as_py()) if len(texts) else None


def _any(texts: pa.Array, pattern: str) -> bool:
    return bool(len(texts)) and bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())
