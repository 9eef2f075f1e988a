"""Drawing many things at once: random streams, picks from lists, columns of ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import Real, Whole

Flags = npt.NDArray[np.bool_]


class Stream(IntEnum):
    """What is drawn apart, so that more of one thing changes nothing in another."""

    COMPANIES = 1
    REPS = 2
    LEADS = 3
    JOURNEYS = 4
    HANDOFFS = 5
    BUDGET = 6
    HISTORIES = 7


def stream(seed: int, of: Stream, part: int = 0) -> np.random.Generator:
    return np.random.default_rng([seed, of, part])


def chosen(rng: np.random.Generator, weights: Sequence[float] | Real, count: int) -> Whole:
    """`count` indices, each as often as its weight says; shape (count,)."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.asarray(np.searchsorted(bounds / bounds[-1], rng.random(count), side="right").clip(max=len(bounds) - 1))


def chosen_by_row(rng: np.random.Generator, weights: Real) -> Whole:
    """One column index for each row of `weights` (rows, choices), as often as its weight there says."""
    bounds = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights)) * bounds[:, -1]
    return np.asarray((bounds <= drawn[:, None]).sum(axis=1).clip(max=weights.shape[1] - 1))


def chance(rng: np.random.Generator, probability: float | Real, count: int) -> Flags:
    return np.asarray(rng.random(count) < probability)


def likelihood(log_odds: Real) -> Real:
    """The probability with these log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


@dataclass(frozen=True, eq=False)
class Pools:
    """Several lists of texts, one after the other; a pick is one text's place in `texts`."""

    texts: tuple[str, ...]
    first: Whole
    size: Whole

    @classmethod
    def of(cls, lists: Sequence[Sequence[str]]) -> "Pools":
        size = np.array([len(texts) for texts in lists], dtype=np.int64)
        return cls(tuple(text for texts in lists for text in texts), np.cumsum(size) - size, size)

    def pick(self, rng: np.random.Generator, pool: Whole) -> Whole:
        """A place in `texts` for each of the pools' numbers."""
        return np.asarray(self.first[pool] + (rng.random(len(pool)) * self.size[pool]).astype(np.int64))


def texts_at(texts: Sequence[str], places: Whole) -> pa.Array:
    return pa.array(texts, pa.string()).take(pa.array(places))


def unknown_where(blank: Flags, values: pa.Array) -> pa.Array:
    """The values, null where `blank`."""
    known = np.flatnonzero(~blank)
    places = np.full(len(blank), -1, dtype=np.int64)
    places[known] = known
    return values.take(pa.array(places, mask=blank))


def ids(prefix: str, count: int) -> pa.Array:
    """`count` texts such as L0000001, ascending as texts just as in number; shape (count,)."""
    digits = max(7, len(str(count)))
    width = len(prefix) + digits
    letters = np.empty((count, width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    rest = np.arange(1, count + 1, dtype=np.int64)
    for place in range(width - 1, len(prefix) - 1, -1):
        letters[:, place] = rest % 10 + ord("0")
        rest //= 10
    # 64-bit offsets: a hundred million ids are more than 2 GB of text.
    offsets = np.arange(count + 1, dtype=np.int64) * width
    return pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(letters)).cast(pa.string())
