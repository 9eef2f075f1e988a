"""Activities arranged by lead and instant: one pass that counts, one that places, and a short sort within each lead."""

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants

FEW = 64
"""Up to so many activities of one lead are sorted by insertion; most leads have some ten, and most come in order."""

Chunk = tuple[npt.NDArray[np.int32], Instants, npt.NDArray[np.int32], npt.NDArray[np.float64]]
"""Some activities in any order: the row of the lead, the instant, what it was, the amount (NaN: unknown)."""

Arranged = tuple[npt.NDArray[np.int64], Instants, npt.NDArray[np.int32], npt.NDArray[np.float64]]
"""Where each lead's activities begin (leads + 1,), and instant, what and amount of each (m,)."""


def arranged(chunks: Sequence[Chunk], leads: int) -> Arranged:
    """All activities of the chunks by lead and instant; those of one lead at one instant in no particular order.

    Each row of a lead is from 0 to `leads` - 1. A database would sort ten million rows in a second, in as much memory
    again; leads are numbers, so they need no comparing, and each has few activities.
    """
    start = np.zeros(leads + 1, dtype=np.int64)
    for lead, *_ in chunks:
        _count(lead, start)
    np.cumsum(start, out=start)
    total = int(start[-1])
    at, what, amount = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int32), np.empty(total)
    free = start[:-1].copy()
    for chunk in chunks:
        _place(*chunk, free, at, what, amount)
    _sort(start, at, what, amount)
    return start, at, what, amount


def warm_up() -> None:
    """Compile the kernels; the machine code is kept on disk."""
    one = np.zeros(1, dtype=np.int32)
    columns = (one, np.zeros(1, dtype=np.int64), one.copy(), np.zeros(1))
    for column in columns:
        column.flags.writeable = False
    arranged([columns], 1)


# As in lib/core/replay/replay.py: no kernel calls one of another module, or the disk cache would not notice a change.
compiled: Any = numba.njit(nogil=True, cache=True)


@compiled
def _count(lead, start):  # type: ignore[no-untyped-def]
    for row in range(len(lead)):
        start[lead[row] + 1] += 1


@compiled
def _place(lead, at, what, amount, free, to_at, to_what, to_amount):  # type: ignore[no-untyped-def]
    for row in range(len(lead)):
        place = free[lead[row]]
        free[lead[row]] = place + 1
        to_at[place] = at[row]
        to_what[place] = what[row]
        to_amount[place] = amount[row]


@compiled
def _sort(start, at, what, amount):  # type: ignore[no-untyped-def]
    for lead in range(len(start) - 1):
        first, last = start[lead], start[lead + 1]
        if last - first > FEW:
            order = first + np.argsort(at[first:last], kind="mergesort")
            at[first:last] = at[order]
            what[first:last] = what[order]
            amount[first:last] = amount[order]
            continue
        for row in range(first + 1, last):
            instant, kind, number = at[row], what[row], amount[row]
            place = row
            while place > first and at[place - 1] > instant:
                at[place], what[place], amount[place] = at[place - 1], what[place - 1], amount[place - 1]
                place -= 1
            at[place], what[place], amount[place] = instant, kind, number


if __name__ == "__main__":
    warm_up()
