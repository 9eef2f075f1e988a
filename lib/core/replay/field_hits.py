"""What the fields of every lead earn it and whether the required ones are known, as of any instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants, Mask, Whole
from lib.core.leads.history import History
from lib.core.replay.chunks import in_chunks
from lib.core.replay.holding import Holding, of_each_lead, places_of, turned
from lib.core.replay.kernels import stand
from lib.core.replay.patterns import flip_bit, no_bits, patterns_of


@dataclass(frozen=True, eq=False)
class FieldHits:
    """The criteria on fields that each of n leads meets, by pattern, and since when.

    `patterns` (patterns, criteria) says which criteria each pattern means. `pattern` (n,) and `complete` (n,), whether
    every required field is known, are as of each lead's creation; what changes made of them is in
    `pattern_after` and `complete_after` (d,), those of lead `i` in the rows `start[i]` to `start[i + 1]`, by the
    instants `at`: changes that turn neither are left out.
    """

    patterns: Mask
    pattern: npt.NDArray[np.int32]
    complete: Mask
    start: Whole
    at: Instants
    pattern_after: npt.NDArray[np.int32]
    complete_after: Mask

    def __post_init__(self) -> None:
        # Shared between sessions; and compiled code exists once for read-only arrays, not twice.
        for array in (self.patterns, *self.arrays):
            array.flags.writeable = False

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """As the kernels take them."""
        return self.pattern, self.complete, self.start, self.at, self.pattern_after, self.complete_after

    @property
    def lead(self) -> Whole:
        """The row of the lead of each change; shape (d,)."""
        return np.repeat(np.arange(len(self.pattern)), np.diff(self.start))

    @cached_property
    def earning(self) -> Whole:
        """The changes at which some criterion begins to hold, by row."""
        lead = self.lead
        before = np.where(np.diff(lead, prepend=-1) != 0, self.pattern[lead], np.roll(self.pattern_after, 1))
        return np.flatnonzero((self.patterns[self.pattern_after] & ~self.patterns[before]).any(axis=1))

    def as_of(self, leads: npt.NDArray[np.integer[Any]], at: Instants) -> tuple[npt.NDArray[np.int32], Mask]:
        """The pattern of some leads (r,) as of an instant each (r,), and who then had every required field; that of its
        creation for a lead created later.
        """
        if not len(self.at):
            return self.pattern[leads], self.complete[leads]
        pattern, complete = np.empty(len(leads), dtype=np.int32), np.empty(len(leads), dtype=np.bool_)
        rows, instants = np.array(leads, dtype=np.int64), np.array(at, dtype=np.int64)
        in_chunks(len(rows), lambda first, last: stand(first, last, rows, instants, *self.arrays, pattern, complete))
        return pattern, complete


def field_hits(history: History, complete: Holding, held: Sequence[Holding]) -> FieldHits:
    """What criteria on fields (`held` says of whom each holds) and the required ones that are known make of leads."""
    changes, leads = history.changes, history.leads
    places = places_of(changes, (complete, *held))
    of_leads = no_bits(len(held), leads)
    for n, one in enumerate(held):
        flip_bit(of_leads, n, one.first)
    if not len(places):
        pattern, patterns = patterns_of(of_leads, len(held))
        start, known = np.zeros(leads + 1, dtype=np.int64), np.empty(0, dtype=np.bool_)
        return FieldHits(patterns, pattern, complete.first, start, np.empty(0, np.int64), pattern[:0], known)
    flips = no_bits(len(held), len(changes.at))
    for n, one in enumerate(held):
        flip_bit(flips, n, one.turns)
    lead = changes.lead[places]
    after = of_leads[:, lead] ^ of_each_lead(changes, flips)[:, places]
    pattern, patterns = patterns_of(np.concatenate([of_leads, after], axis=1), len(held))
    return FieldHits(
        patterns=patterns,
        pattern=pattern[:leads],
        complete=complete.first,
        start=np.searchsorted(places, changes.start),
        at=changes.at[places],
        pattern_after=pattern[leads:],
        complete_after=complete.first[lead] ^ turned(changes, complete.turns)[places],
    )
