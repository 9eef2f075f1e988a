"""What is known of when the fields of leads changed, for all leads at once: compact arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import UNKNOWN, Column, Instants, Mask, Whole


@dataclass(frozen=True, eq=False)
class Dated:
    """A field of n leads of which some changes are known: what it was when each lead was created, and since.

    `change` (c,), ascending, says at which of the `Changes` it changed. `column` holds n + c texts: each lead's when it
    was created, then what each change made of it. `known` (n,) marks the leads of which any change of this field is
    known; of the others its text is that of now.
    """

    change: Whole
    column: Column
    known: Mask


@dataclass(frozen=True, eq=False)
class Changes:
    """Every instant at which any field of a lead changed after its creation, by lead, then instant; and the fields.

    Those of lead `i` are the rows `start[i]` to `start[i + 1]`; shapes: `at` (k,), `start` (n + 1,). `fields` are those
    of which some change is known, by name. Read-only: sessions share it.
    """

    start: Whole
    at: Instants
    fields: Mapping[str, Dated]

    def __post_init__(self) -> None:
        for array in (self.start, self.at, *(of.change for of in self.fields.values())):
            array.flags.writeable = False

    @cached_property
    def lead(self) -> Whole:
        """The row of the lead of each change; shape (k,)."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))

    def up_to(self, lead: Whole, at: Instants) -> Whole:
        """The row after the last change of each of some leads (r,) up to an instant each (r,)."""
        low, high = self.start[lead].copy(), self.start[lead + 1].copy()
        # Halving: few leads change often, so that a few rounds do.
        while len(between := np.flatnonzero(low < high)):
            middle = (low[between] + high[between]) // 2
            passed = self.at[middle] <= at[between]
            low[between[passed]], high[between[~passed]] = middle[passed] + 1, middle[~passed]
        return low


NO_CHANGES = Changes(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64), {})


@dataclass(frozen=True, eq=False)
class Noted:
    """Changes of fields by lead, then instant, no field of a lead twice at one: whose (c,), when (c,), and as texts
    (c,) which field, what it was and what it became.
    """

    lead: Whole
    at: Instants
    field: Column
    before: Column
    value: Column

    def some(self, rows: Whole) -> "Noted":
        """Those of some rows, which are in the order of leads and instants."""
        texts = (of.some(rows) for of in (self.field, self.before, self.value))
        return Noted(self.lead[rows], self.at[rows], *texts)


def changes_of(created_at: Instants, now: Mapping[str, Column], noted: Noted) -> Changes:
    """The changes of leads created at (n,), each of whose fields is what its column (n,) says `now`.

    What a field became counts from then on, what it was only before its first change.
    """
    if not len(noted.lead):
        return NO_CHANGES
    since = np.flatnonzero(noted.at > created_at[noted.lead])
    lead, at = noted.lead[since], noted.at[since]
    another = np.append(True, (lead[1:] != lead[:-1]) | (at[1:] != at[:-1]))[: len(since)]
    change = np.full(len(noted.lead), -1, dtype=np.int64)
    change[since] = np.cumsum(another) - 1
    nothing = Column(np.full(len(created_at), UNKNOWN, dtype=np.int32), pa.array([], pa.string()))
    # By field: the texts of one are not those of another.
    order = np.argsort(noted.field.codes, kind="stable")
    ends = np.searchsorted(noted.field.codes[order], np.arange(len(noted.field.values) + 1))
    return Changes(
        start=np.concatenate([[0], np.cumsum(np.bincount(lead[another], minlength=len(created_at)))]),
        at=at[another],
        fields={
            name: _dated(now.get(name, nothing), noted, order[ends[n] : ends[n + 1]], change)
            for n, name in enumerate(noted.field.values.to_pylist())
        },
    )


def _dated(now: Column, noted: Noted, rows: Whole, change: Whole) -> Dated:
    """One field by its rows; `change` says which change of its lead each row is, -1 where that was not created yet."""
    lead, change = noted.lead[rows], change[rows]
    before, value = (of.some(rows) for of in (noted.before, noted.value))
    # All texts by one vocabulary: those of now, what each change made, what was before.
    parts = (now, value, before)
    column = Column.of(pa.concat_arrays([part.values.cast(pa.string()) for part in parts]))
    ends = np.cumsum([len(part.values) for part in parts])[:-1]
    of_now, became, was = (
        np.append(of_part, np.int32(UNKNOWN))[part.codes]
        for part, of_part in zip(parts, np.split(column.codes, ends), strict=True)
    )
    first = np.diff(lead, prepend=-1) != 0
    of_now[lead[first]] = was[first]
    # Of changes up to the creation the last, which is assigned last, says what the lead was created with.
    early, late = change < 0, change >= 0
    of_now[lead[early]] = became[early]
    known = np.zeros(len(now.codes), dtype=np.bool_)
    known[lead] = True
    return Dated(change[late], Column(np.concatenate([of_now, became[late]]), column.values), known)


def text_codes_at(changes: Changes, of: Dated, lead: Whole, at: Instants) -> npt.NDArray[np.int32]:
    """The codes of a dated field of some leads (r,) as of an instant each (r,), after all changes of that instant."""
    place = np.searchsorted(of.change, changes.up_to(lead, at))
    changed = place > np.searchsorted(of.change, changes.start[lead])
    return np.asarray(of.column.codes[np.where(changed, len(of.known) + place - 1, lead)])


def of_some(changes: Changes, rows: Whole) -> Changes:
    """The changes of some leads, by row, each as often as it is asked for, in that order."""
    if not changes.fields:
        return changes
    start, _, places = _rows_of(changes.start, rows)
    fields = {}
    for name, of in changes.fields.items():
        of_lead = np.searchsorted(of.change, changes.start)
        _, lead, kept = _rows_of(of_lead, rows)
        column = Column(of.column.codes[np.concatenate([rows, len(of.known) + kept])], of.column.values)
        # A change is as far from its lead's first as it was.
        fields[name] = Dated(of.change[kept] - changes.start[rows][lead] + start[lead], column, of.known[rows])
    return Changes(start, changes.at[places], fields)


def _rows_of(start: Whole, rows: Whole) -> tuple[Whole, Whole, Whole]:
    """Some groups of rows of those that begin at (n + 1,): where each begins, whose each row is, which row it was."""
    counts = start[rows + 1] - start[rows]
    ends = np.cumsum(counts)
    places = np.repeat(start[rows] - (ends - counts), counts) + np.arange(counts.sum())
    return np.concatenate([[0], ends]).astype(np.int64), np.repeat(np.arange(len(rows)), counts), places


@dataclass(frozen=True, slots=True)
class NotedChange:
    """One change of a field of one lead as it was noted: `at` in microseconds since 1970 UTC, None what is unknown.

    `by_import`: nobody said when; an import saw it first then.
    """

    field: str
    at: int
    before: str | None
    value: str | None
    by_import: bool
