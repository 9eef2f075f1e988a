"""Which leads meet what is asked of their fields, from when to when: all leads at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lib.core.arrays import Instants, Mask, Whole
from lib.core.definition.criteria import FieldCondition, FieldMatch, KnownTest
from lib.core.definition.matching import holds, prepared
from lib.core.leads.changes import Changes
from lib.core.leads.history import History

NO_TURNS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Holding:
    """What holds of which leads when: of whom at its creation, and at which changes that turned.

    `first` (n,) is as of each lead's creation. `turns` (t,) are keys of `changes`, ascending: each makes of what held
    until then what does not, and the other way round; asked after all changes of an instant.
    """

    first: Mask
    turns: Whole
    changes: Changes

    def at(self, lead: Whole, at: Instants) -> Mask:
        """Whether it holds of some leads (r,), none created later, as of an instant each (r,)."""
        return self._after(lead, self.changes.up_to(lead, at)) if len(self.turns) else np.asarray(self.first[lead])

    def after(self, keys: Whole) -> Mask:
        """Whether it holds after each of some keys (k,) of changes."""
        return self._after(self.changes.lead_of(keys), keys + 1)

    def _after(self, lead: Whole, below: Whole) -> Mask:
        """Whether it holds of leads after all of their keys below some."""
        turned = np.searchsorted(self.turns, below) - np.searchsorted(self.turns, lead * len(self.changes.instants))
        return np.asarray(self.first[lead] ^ (turned & 1).astype(np.bool_))

    def ever(self, as_of: int) -> Mask:
        """Of which leads it holds at some instant up to `as_of` (microseconds) from their creation on; shape (n,)."""
        ever = self.first.copy()
        by_then = self.turns[self.changes.instant_of(self.turns) <= as_of]
        ever[self.changes.lead_of(by_then)] = True
        return ever


def meeting(history: History, match: FieldMatch) -> Holding:
    """Which leads meet a match of fields when."""
    combine = np.logical_or if match.mode == "any" else np.logical_and
    return _together(history, [_of(history, condition) for condition in match.conditions], combine)


def knowing(history: History, fields: Iterable[str]) -> Holding:
    """Of which leads every one of these fields is known when; of all where none is asked for."""
    known = (KnownTest(known=True),)
    every = Holding(np.ones(history.leads, dtype=np.bool_), NO_TURNS, history.changes)
    return _together(history, [every, *(_of(history, FieldCondition(one, known)) for one in fields)], np.logical_and)


def _of(history: History, condition: FieldCondition) -> Holding:
    dated = history.changes.fields.get(condition.field)
    column = history.column(condition.field) if dated is None else dated.column
    met = holds(condition.tests, prepared(column))[column.codes]
    if dated is None:
        return Holding(met, NO_TURNS, history.changes)
    first, then = met[: history.leads], met[history.leads :]
    return Holding(first, dated.key[then != _before(history.changes, dated.key, first, then)], history.changes)


def _before(changes: Changes, keys: Whole, first: Mask, then: Mask) -> Mask:
    """What held before each of some keys, ascending, of what did after each, and of leads at first."""
    lead = changes.lead_of(keys)
    return np.where(np.diff(lead, prepend=-1) != 0, first[lead], np.roll(then, 1))


def _together(history: History, each: Sequence[Holding], combine: np.ufunc) -> Holding:
    if len(each) == 1:
        return each[0]
    first = np.asarray(combine.reduce([one.first for one in each]), dtype=np.bool_)
    turning = [one for one in each if len(one.turns)]
    if not turning:
        return Holding(first, NO_TURNS, history.changes)
    keys = np.unique(np.concatenate([one.turns for one in turning]))
    then = np.asarray(combine.reduce([one.after(keys) for one in each]), dtype=np.bool_)
    return Holding(first, keys[then != _before(history.changes, keys, first, then)], history.changes)
