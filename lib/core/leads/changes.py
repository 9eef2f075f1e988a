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
        instants, key = self._keys
        return np.searchsorted(key, lead * len(instants) + np.searchsorted(instants, at, side="right"))

    @cached_property
    def _keys(self) -> tuple[Instants, Whole]:
        """The distinct instants, and for each change a number that grows with lead, then instant."""
        instants = np.unique(self.at)
        return instants, self.lead * len(instants) + np.searchsorted(instants, self.at)


NO_CHANGES = Changes(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64), {})


@dataclass(frozen=True, eq=False)
class FieldChanges:
    """The changes of one field in any order: whose (c,) when (c,), what it was and what it became, as texts (c,)."""

    lead: Whole
    at: Instants
    before: Column
    value: Column


def changes_of(created_at: Instants, now: Mapping[str, Column], given: Mapping[str, FieldChanges]) -> Changes:
    """The changes of some fields of leads created at (n,); each field is what its column (n,) says `now`.

    What a field became counts from then on, what it was only before its first change. Of two changes of one field of
    a lead at one instant the later one given counts.
    """
    if not given:
        return NO_CHANGES
    instants = np.unique(np.concatenate([of.at for of in given.values()]))
    nothing = np.full(len(created_at), UNKNOWN, dtype=np.int32)
    fields = {
        name: _dated(created_at, now.get(name, Column(nothing, pa.array([], pa.string()))), of, instants)
        for name, of in given.items()
    }
    keys = np.unique(np.concatenate([key for key, _, _ in fields.values()]))
    lead, instant = np.divmod(keys, len(instants))
    return Changes(
        start=np.searchsorted(lead, np.arange(len(created_at) + 1)),
        at=instants[instant],
        fields={
            name: Dated(np.searchsorted(keys, key), column, known) for name, (key, column, known) in fields.items()
        },
    )


def _dated(created_at: Instants, now: Column, of: FieldChanges, instants: Instants) -> tuple[Whole, Column, Mask]:
    """A field's changes after creation as numbers that grow with lead, then instant; its texts; who has any change."""
    keys = of.lead * len(instants) + np.searchsorted(instants, of.at)
    order = np.argsort(keys, kind="stable")
    keys, lead, at = keys[order], of.lead[order], of.at[order]
    first, last = np.diff(lead, prepend=-1) != 0, np.diff(keys, append=-1) != 0
    # All texts by one vocabulary: those of now, what each change made, what was before.
    parts = (now, of.value, of.before)
    column = Column.of(pa.concat_arrays([part.values.cast(pa.string()) for part in parts]))
    ends = np.cumsum([len(part.values) for part in parts])[:-1]
    of_now, became, was = (
        np.append(of_part, np.int32(UNKNOWN))[part.codes]
        for part, of_part in zip(parts, np.split(column.codes, ends), strict=True)
    )
    of_now[lead[first]] = was[order][first]
    # Of changes up to the creation the last says what the lead was created with.
    early = last & (at <= created_at[lead])
    of_now[lead[early]] = became[order][early]
    late = last & (at > created_at[lead])
    known = np.zeros(len(created_at), dtype=np.bool_)
    known[lead] = True
    return keys[late], Column(np.concatenate([of_now, became[order][late]]), column.values), known


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
