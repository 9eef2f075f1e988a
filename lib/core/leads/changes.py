"""What is known of when the fields of leads changed, for all leads at once: compact arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import UNKNOWN, Column, Instants, Mask, Whole


@dataclass(frozen=True, eq=False)
class Dated:
    """A field of n leads of which some changes are known: what it was when each lead was created, and since.

    `key` (c,) says of each change later than its lead's creation, ascending, whose and when it was: the lead's row
    times the number of `Changes.instants`, plus the instant's place among these. `column` holds n + c texts: each
    lead's when it was created, then what each change made of it. `known` (n,) marks the leads of which any change of
    this field is known; of the others its text is that of now.
    """

    key: Whole
    column: Column
    known: Mask


@dataclass(frozen=True, eq=False)
class Changes:
    """The fields whose history is known, by name, and every instant at which any of them changed, ascending."""

    instants: Instants
    fields: Mapping[str, Dated]

    def __post_init__(self) -> None:
        for array in (self.instants, *(of.key for of in self.fields.values())):
            array.flags.writeable = False

    def lead_of(self, key: Whole) -> Whole:
        """The row of the lead of each key."""
        return key // max(len(self.instants), 1)

    def instant_of(self, key: Whole) -> Instants:
        return np.asarray(self.instants[key % max(len(self.instants), 1)])

    def up_to(self, lead: Whole, at: Instants) -> Whole:
        """What every key of a lead (r,) is below that is no later than an instant each (r,)."""
        return lead * len(self.instants) + np.searchsorted(self.instants, at, side="right")


NO_CHANGES = Changes(np.empty(0, dtype=np.int64), {})


@dataclass(frozen=True, eq=False)
class FieldChanges:
    """The changes of one field in any order: whose (c,) when (c,), what it was and what it became, as texts (c,)."""

    lead: Whole
    at: Instants
    before: pa.Array
    value: pa.Array


def changes_of(created_at: Instants, now: Mapping[str, Column], given: Mapping[str, FieldChanges]) -> Changes:
    """The changes of some fields of leads created at (n,); each field is what its column (n,) says `now`.

    What a field became counts from then on, what it was only before its first change. Of two changes of one field of
    a lead at one instant the later one given counts.
    """
    if not given:
        return NO_CHANGES
    instants = np.unique(np.concatenate([of.at for of in given.values()]))
    nothing = np.full(len(created_at), UNKNOWN, dtype=np.int32)
    return Changes(
        instants,
        {
            name: _dated(created_at, now.get(name, Column(nothing, pa.array([], pa.string()))), of, instants)
            for name, of in given.items()
        },
    )


def _dated(created_at: Instants, now: Column, of: FieldChanges, instants: Instants) -> Dated:
    order = np.lexsort((of.at, of.lead))
    lead, at = of.lead[order], of.at[order]
    last = np.append((lead[1:] != lead[:-1]) | (at[1:] != at[:-1]), True)[: len(lead)]
    first = np.append(True, lead[1:] != lead[:-1])[: len(lead)]
    # All texts by one vocabulary: those of now, what each change made, what was before.
    texts = [part.cast(pa.string()) for part in (now.values, of.value, of.before)]
    column = Column.of(pa.concat_arrays(texts))
    of_now, became, was = np.split(column.codes, np.cumsum([len(part) for part in texts])[:-1])
    codes = np.append(of_now, np.int32(UNKNOWN))[now.codes]
    codes[lead[first]] = was[order][first]
    # Of changes up to the creation the last says what the lead was created with.
    early = last & (at <= created_at[lead])
    codes[lead[early]] = became[order][early]
    late = last & ~early
    known = np.zeros(len(created_at), dtype=np.bool_)
    known[lead] = True
    return Dated(
        key=lead[late] * len(instants) + np.searchsorted(instants, at[late]),
        column=Column(np.concatenate([codes, became[order][late]]), column.values),
        known=known,
    )


def text_codes_at(changes: Changes, of: Dated, lead: Whole, at: Instants) -> npt.NDArray[np.int32]:
    """The codes of a dated field of some leads (r,) as of an instant each (r,), after all changes of that instant."""
    place = np.searchsorted(of.key, changes.up_to(lead, at))
    leads = len(of.known)
    changed = np.zeros(len(lead), dtype=np.bool_)
    some = np.flatnonzero(place)
    changed[some] = changes.lead_of(of.key[place[some] - 1]) == lead[some]
    return np.asarray(of.column.codes[np.where(changed, leads + place - 1, lead)])


def of_some(changes: Changes, rows: Whole) -> Changes:
    """The changes of some leads, by row, each as often as it is asked for, in that order."""
    instants = len(changes.instants)
    fields = {}
    for name, of in changes.fields.items():
        start = np.searchsorted(of.key, rows * instants)
        counts = np.searchsorted(of.key, (rows + 1) * instants) - start
        ends = np.cumsum(counts)
        places = np.repeat(start - (ends - counts), counts) + np.arange(counts.sum())
        lead = np.repeat(np.arange(len(rows)), counts)
        leads = len(of.known)
        fields[name] = Dated(
            key=lead * instants + of.key[places] % max(instants, 1),
            column=Column(of.column.codes[np.concatenate([rows, leads + places])], of.column.values),
            known=of.known[rows],
        )
    return Changes(changes.instants, fields)
