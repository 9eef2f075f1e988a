"""What hand-offs carry besides the definition's criteria: patterns, and parts of them put together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Whole
from lib.core.definition.criteria import (
    Match,
)
from lib.core.evidence.kernels import add_up

Small = npt.NDArray[np.int32]


LEAST = 20
"""So many hand-offs must show a pattern, and so many not."""


DISTINCT_NUMBERS = 6
"""A field with fewer different numbers is a list of values."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """The m patterns of n hand-offs: what each asks, and the k pairs of a hand-off and a pattern it shows.

    `row` and `which` (k,) are a hand-off's place and a pattern's, those of one pattern ascending; `shown` (m,) counts
    the hand-offs of each.
    """

    matches: tuple[Match, ...]
    row: Small
    which: Small
    shown: Whole

    def of(self, number: int) -> Whole:
        """The hand-offs that show a pattern, ascending."""
        return np.asarray(self.row[self.which == number], dtype=np.int64)

    def take(self, numbers: Whole) -> "Patterns":
        """Some of the patterns, in the order given."""
        place = np.full(len(self.matches), -1, dtype=np.int32)
        place[numbers] = np.arange(len(numbers), dtype=np.int32)
        kept = place[self.which] >= 0
        return Patterns(
            tuple(self.matches[n] for n in numbers.tolist()),
            self.row[kept],
            place[self.which[kept]],
            self.shown[numbers],
        )

    def sums(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What `values` (n, v) add up to over the hand-offs of each pattern; shape (m, v)."""
        added = np.zeros((len(self.matches), values.shape[1]))
        add_up(self.row, self.which, np.ascontiguousarray(values), added)
        return added


@dataclass(frozen=True, eq=False)
class PatternPart:
    """Some patterns with the pairs of hand-off and pattern; what `Patterns` is put together from."""

    matches: list[Match]
    row: Small
    which: Small


def cut_points(numbers: npt.NDArray[np.float64], bins: int) -> list[float]:
    """Where to cut numbers into so many equal parts, in numbers a person would say."""
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return []
    wanted = np.quantile(known, np.arange(1, bins) / bins)
    return sorted({float(f"{cut:.2g}") for cut in wanted.tolist()})


def joined_parts(matches: Sequence[Match], showing: Sequence[npt.NDArray[np.generic]]) -> PatternPart:
    """The patterns of several sets of hand-offs."""
    lengths = [len(rows) for rows in showing]
    return PatternPart(
        list(matches),
        np.concatenate([*showing, np.empty(0, np.int32)]).astype(np.int32),
        np.repeat(np.arange(len(matches), dtype=np.int32), lengths),
    )
