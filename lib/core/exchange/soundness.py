"""How sound the data is: fields the definition relies on, and days on which nothing came though it usually does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import UNKNOWN, Column, Mask
from lib.core.definition.criteria import Definition, FieldMatch, fields_used
from lib.core.folding import plain_texts
from lib.core.leads.history import History
from lib.core.replay.holding import undated_of
from lib.core.time.clock import MICROSECONDS_PER_DAY

WEEKS_COMPARED = 4
WEEKS_BUSY = 3
ROWS_USUAL = 20

FIRST_DAY = MICROSECONDS_PER_DAY
"""What an import says of a lead so soon after its creation it was from the beginning."""


@dataclass(frozen=True)
class FieldKnown:
    """A field the definition relies on, `unknown` of so many of `leads`; `required` of any MQL, `used_by` criteria.

    Of `undated` leads it is known, and nothing says since when: no change is known, and no import brought them on their
    first day. It counts as it is now, whatever instant is asked about.
    """

    field: str
    leads: int
    unknown: int
    undated: int
    required: bool
    used_by: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.unknown / self.leads if self.leads else 0.0


def fields_known(history: History, definition: Definition, as_of: int) -> tuple[FieldKnown, ...]:
    """Each field a gate or an active criterion looks at, the one unknown of most leads first.

    Leads created by `as_of` count; missing and blank values are unknown.
    """
    known = history.created_at <= as_of
    rows = np.flatnonzero(known)
    found = []
    for field in dict.fromkeys(fields_used(definition)):
        used_by = tuple(
            criterion.label
            for criterion in definition.active()
            if isinstance(criterion.match, FieldMatch)
            and any(condition.field == field for condition in criterion.match.conditions)
        )
        required = field in definition.require
        if used_by or required:
            unknown = int((is_unknown(history.column(field)) & known).sum())
            undated = int(np.count_nonzero(undated_of(history, field, rows, history.created_at[rows] + FIRST_DAY)))
            found.append(FieldKnown(field, int(known.sum()), unknown, undated, required, used_by))
    return tuple(sorted(found, key=lambda one: (-one.unknown, one.field)))


def is_unknown(column: Column) -> Mask:
    """Where a column's value is missing or blank; shape (n,)."""
    blank = pc.equal(plain_texts(column.values.cast(pa.string())), "")
    codes = np.flatnonzero(blank.to_numpy(zero_copy_only=False))
    return np.asarray((column.codes == UNKNOWN) | np.isin(column.codes, codes), dtype=np.bool_)


@dataclass(frozen=True)
class Gap:
    """Days in a row, first to last, on which nothing came though it usually does."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def gaps(first_day: date, rows: Sequence[int]) -> tuple[Gap, ...]:
    """The gaps in `rows` a day, counted from `first_day` on without leaving one out.

    A day without a row is missing where at least 3 of the 4 latest days of the same
    weekday before it had some, and the 4 together 20 or more: of what comes by chance five
    times a day, nothing comes on one day of 150. Days already found missing are passed over, so that
    an outage does not become usual. Until there are 4 to compare with, none is.
    Missing days that follow each other are one gap.
    """
    before: dict[int, list[int]] = {}
    found: list[Gap] = []
    for number, count in enumerate(rows):
        day = first_day + timedelta(days=number)
        usual = before.setdefault(day.weekday(), [])
        latest = usual[-WEEKS_COMPARED:]
        busy = sum(earlier > 0 for earlier in latest)
        if not count and len(latest) == WEEKS_COMPARED and busy >= WEEKS_BUSY and sum(latest) >= ROWS_USUAL:
            if found and found[-1].last == day - timedelta(days=1):
                found[-1] = Gap(found[-1].first, day)
            else:
                found.append(Gap(day, day))
        else:
            usual.append(count)
    return tuple(found)


@dataclass(frozen=True)
class Ended:
    """A series of which nothing came any more after its `last` day, for so many `days`, though it usually does."""

    last: date
    days: int


@dataclass(frozen=True)
class Missing:
    """What is missing of a series: the gaps in it, and that it ended, which is no gap."""

    gaps: tuple[Gap, ...]
    ended: Ended | None


def missing(first_day: date, rows: Sequence[int]) -> Missing:
    """The gaps in `rows` a day as `gaps` finds them, one where nothing came between them, and how the series ended."""
    together: list[Gap] = []
    for gap in gaps(first_day, rows):
        between = rows[(together[-1].last - first_day).days : (gap.first - first_day).days] if together else [1]
        if any(between):
            together.append(gap)
        else:
            together[-1] = Gap(together[-1].first, gap.last)
    after = next((n for n in range(len(rows)) if rows[-1 - n]), len(rows))
    last = first_day + timedelta(days=len(rows) - 1 - after)
    if together and together[-1].first > last:
        return Missing(tuple(together[:-1]), Ended(last, after))
    return Missing(tuple(together), None)


LATE_DAYS = 7


class Finding(StrEnum):
    """What may be wrong with a row that is there."""

    LATE = "late"
    AHEAD = "ahead"
    BEFORE = "before its hand-over"
    FUTURE = "future"
    OWNER = "unknown owner"


@dataclass(frozen=True, slots=True)
class Suspicious:
    """One row: in which table, about which lead, its instant (microseconds), its kind or owner, and its import."""

    finding: Finding
    table: str
    id: str
    lead_id: str
    at: int
    said: str
    run: int | None


@dataclass(frozen=True, slots=True)
class Fresh:
    """What one origin brought to a table: how many rows, the newest instant, and when it last brought some.

    `origin` is what imports were read as; None is what came by no import. Instants in microseconds.
    """

    table: str
    origin: str | None
    rows: int
    newest: int
    imported_at: int | None
