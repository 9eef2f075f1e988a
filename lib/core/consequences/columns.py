"""What a fit looks at in a lead: which criteria it had met, how often, in which month; products and steps of these."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants, Real, Whole
from lib.core.definition.criteria import Criterion
from lib.core.replay.earned import counts_again
from lib.core.time.clock import MICROSECONDS_PER_DAY

MONTH = 28 * MICROSECONDS_PER_DAY

ROWS_AT_LEAST = 10
"""So many decided leads must have shown every side of a product or step."""

TIMES = npt.NDArray[np.uint8]

STEPS = ((1, "once"), (2, "twice"), (4, "four times"))


@dataclass(frozen=True, slots=True)
class Further:
    """A candidate beside the plain columns: a product of two criteria, or exactly so many times of one.

    Of a product, `one` is met or not, and `other` is too, or counts its `again` times beyond the first. A step has
    `one` alone, and is exactly `times`, of which the fourth means four or more.
    """

    one: int
    other: int = -1
    again: bool = False
    times: int = 0


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns over `criteria`: a constant, met or not, further times, then `further`, and last the months.

    Months are steps of 28 days since `start` (microseconds), `months` of them in all, the first of which is the
    constant; the last is one more than there were. `met` and `more` (criteria,) are what products are centred at.
    """

    criteria: tuple[Criterion, ...]
    start: int
    months: int
    met: Real
    more: Real
    further: tuple[Further, ...]

    @cached_property
    def counted(self) -> Whole:
        """The criteria that can be earned again."""
        return np.array([n for n, one in enumerate(self.criteria) if counts_again(one)], dtype=np.int64)

    @property
    def plain(self) -> int:
        """How many columns come before products and steps."""
        return 1 + len(self.criteria) + len(self.counted)

    @property
    def earned(self) -> int:
        """How many come before the months."""
        return self.plain + len(self.further)

    @property
    def width(self) -> int:
        return self.earned + self.months - 1

    def month_of(self, at: Instants) -> Whole:
        """The month of each instant, from 0; before the first is in the first, after as of in the last but one."""
        return np.asarray(np.clip((at - self.start) // MONTH, 0, self.months - 2), dtype=np.int64)

    def matrix(self, times: TIMES, month: Whole) -> Real:
        """The columns of some kinds of leads: `times` (g, criteria), `month` (g,); shape (g, width)."""
        columns = np.empty((len(times), self.width))
        self._fill(columns, times)
        columns[:, self.earned :] = month[:, None] >= np.arange(1, self.months)
        return columns

    def of_times(self, times: TIMES) -> Real:
        """The columns but for the months; shape (g, earned)."""
        columns = np.empty((len(times), self.earned))
        self._fill(columns, times)
        return columns

    def _fill(self, columns: Real, times: TIMES) -> None:
        met, more = _met_and_more(times)
        columns[:, 0] = 1.0
        columns[:, 1 : 1 + len(self.criteria)] = met
        columns[:, 1 + len(self.criteria) : self.plain] = more[:, self.counted]
        met, more = np.asfortranarray(met - self.met), np.asfortranarray(more - self.more)
        for n, one in enumerate(self.further, start=self.plain):
            columns[:, n] = (
                times[:, one.one] == one.times
                if one.times
                else met[:, one.one] * (more if one.again else met)[:, one.other]
            )

    def name(self, one: Further) -> str:
        """How a candidate is called, by the criteria's ids."""
        first = self.criteria[one.one].id
        if one.times:
            return f"{first} {dict(STEPS)[one.times]}"
        return f"{first} × {self.criteria[one.other].id}{' again' if one.again else ''}"


def columns_of(criteria: tuple[Criterion, ...], times: TIMES, start: int, as_of: int) -> Columns:
    """The columns for decided leads who had earned the criteria so many times (n, criteria), the first at `start`."""
    met, more = _met_and_more(times)
    months = int(max(as_of - start, 0) // MONTH) + 2
    rows = max(len(times), 1)
    further = _candidates(criteria, met, more, times)
    return Columns(criteria, start, months, met.sum(axis=0) / rows, more.sum(axis=0) / rows, further)


def _candidates(criteria: tuple[Criterion, ...], met: Real, more: Real, times: TIMES) -> tuple[Further, ...]:
    counted = [n for n, one in enumerate(criteria) if counts_again(one)]
    again = (more > 0.0).astype(np.float64)
    both, with_again = met.T @ met, met.T @ again
    had, had_again, rows = met.sum(axis=0), again.sum(axis=0), float(len(met))
    found = [
        Further(a, b)
        for a, b in combinations(range(len(criteria)), 2)
        if min(both[a, b], had[a] - both[a, b], had[b] - both[a, b], rows - had[a] - had[b] + both[a, b])
        >= ROWS_AT_LEAST
    ]
    found += [
        Further(a, b, again=True)
        for a, b in permutations(range(len(criteria)), 2)
        if b in counted and min(with_again[a, b], had_again[b] - with_again[a, b]) >= ROWS_AT_LEAST
    ]
    for n in counted:
        for exactly, _ in STEPS:
            shown = float((times[:, n] == exactly).sum())
            if min(shown, had[n] - shown) >= ROWS_AT_LEAST:
                found.append(Further(n, times=exactly))
    return tuple(found)


def _met_and_more(times: TIMES) -> tuple[Real, Real]:
    counted = times.astype(np.float64)
    return np.minimum(counted, 1.0), np.maximum(counted - 1.0, 0.0)
