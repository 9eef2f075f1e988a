"""Which leads meet what is asked of their fields, from when to when: all leads at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lib.core.arrays import Instants, Mask, Whole
from lib.core.definition.criteria import FieldCondition, FieldMatch, KnownTest
from lib.core.definition.matching import holds, prepared
from lib.core.leads.changes import Changes
from lib.core.leads.history import History
from lib.core.replay.patterns import Words, flip_bit, no_bits

IS_KNOWN = (KnownTest(known=True),)

NO_TURNS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Holding:
    """What holds of which leads when: of whom at its creation, and at which changes that turned.

    `first` (n,) is as of each lead's creation. `turns` (t,) are rows of `changes`, ascending: each makes of what held
    until then what does not, and the other way round; asked after all changes of an instant.
    """

    first: Mask
    turns: Whole
    changes: Changes

    def at(self, lead: Whole, at: Instants) -> Mask:
        """Whether it holds of some leads (r,), none created later, as of an instant each (r,)."""
        if not len(self.turns):
            return np.asarray(self.first[lead])
        turned = np.searchsorted(self.turns, self.changes.up_to(lead, at))
        turned -= np.searchsorted(self.turns, self.changes.start[lead])
        return np.asarray(self.first[lead] ^ (turned & 1).astype(np.bool_))

    def after(self, places: Whole) -> Mask:
        """Whether it holds after each of some changes, by row."""
        return np.asarray(self.first[self.changes.lead[places]] ^ turned(self.changes, self.turns)[places])

    def ever(self, as_of: int) -> Mask:
        """Of which leads it holds at some instant up to `as_of` (microseconds) from their creation on; shape (n,)."""
        ever = self.first.copy()
        ever[self.changes.lead[self.turns[self.changes.at[self.turns] <= as_of]]] = True
        return ever


def turned(changes: Changes, turns: Whole) -> Mask:
    """After which of all changes (k,) what turns at some of them is not what it was at its lead's creation."""
    flips = no_bits(1, len(changes.at))
    flip_bit(flips, 0, turns)
    return np.asarray(of_each_lead(changes, flips)[0].astype(np.bool_))


def of_each_lead(changes: Changes, flips: Words) -> Words:
    """The bits that were flipped an odd number of times from each lead's first change on; (words, k) as given."""
    so_far = np.bitwise_xor.accumulate(flips, axis=1)
    before = np.concatenate([np.zeros((len(flips), 1), dtype=flips.dtype), so_far], axis=1)
    odd: Words = so_far ^ before[:, changes.start[changes.lead]]
    return odd


def meeting(history: History, match: FieldMatch) -> Holding:
    """Which leads meet a match of fields when."""
    combine = np.logical_or if match.mode == "any" else np.logical_and
    return _together(history, [_of(history, condition) for condition in match.conditions], combine)


def knowing(history: History, fields: Iterable[str]) -> Holding:
    """Of which leads every one of these fields is known when; of all where none is asked for."""
    every = Holding(np.ones(history.leads, dtype=np.bool_), NO_TURNS, history.changes)
    return _together(history, [every, *(_of(history, FieldCondition(one, IS_KNOWN)) for one in fields)], np.logical_and)


def undated_of(history: History, field: str, lead: Whole, at: Instants) -> Mask:
    """Of which of some leads (r,) nobody knows whether a field had the value it has already at an instant each (r,).

    No change of it is known, and the lead was not yet watched then.
    """
    if field == "created_at":
        return np.zeros(len(lead), dtype=np.bool_)
    column = history.column(field)
    there = holds(IS_KNOWN, prepared(column))[column.codes[lead]] & (history.watched_since[lead] > at)
    dated = history.changes.fields.get(field)
    return np.asarray(there if dated is None else there & ~dated.known[lead])


def _of(history: History, condition: FieldCondition) -> Holding:
    dated = history.changes.fields.get(condition.field)
    column = history.column(condition.field) if dated is None else dated.column
    met = holds(condition.tests, prepared(column))[column.codes]
    if dated is None:
        return Holding(met, NO_TURNS, history.changes)
    first, then = met[: history.leads], met[history.leads :]
    return Holding(first, _turning(history.changes, dated.change, first, then), history.changes)


def _turning(changes: Changes, places: Whole, first: Mask, then: Mask) -> Whole:
    """Those of some changes, ascending, at which what holds after each is not what held before."""
    lead = changes.lead[places]
    before = np.where(np.diff(lead, prepend=-1) != 0, first[lead], np.roll(then, 1))
    return np.asarray(places[then != before])


def _together(history: History, each: Sequence[Holding], combine: np.ufunc) -> Holding:
    if len(each) == 1:
        return each[0]
    first = np.asarray(combine.reduce([one.first for one in each]), dtype=np.bool_)
    if not any(len(one.turns) for one in each):
        return Holding(first, NO_TURNS, history.changes)
    places = places_of(history.changes, each)
    then = np.asarray(combine.reduce([one.after(places) for one in each]), dtype=np.bool_)
    return Holding(first, _turning(history.changes, places, first, then), history.changes)


def places_of(changes: Changes, each: Iterable[Holding]) -> Whole:
    """The changes at which any of these turns, ascending."""
    turning = np.zeros(len(changes.at), dtype=np.bool_)
    for one in each:
        turning[one.turns] = True
    return np.flatnonzero(turning)
