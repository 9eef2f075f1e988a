"""Work on leads in chunks, on threads that hold no interpreter's lock."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Result = TypeVar("Result")

LEADS_A_CHUNK = 8_192
"""Enough work to be worth a thread's while; a chunk's sums are whole numbers, so their order does not matter."""


CHUNKS = 16
"""So many at most: starting one holds the interpreter's lock for a moment."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="replay")


def in_chunks(leads: int, work: Callable[[int, int], Result]) -> list[Result]:
    """The results of the work on ranges of leads, side by side where there are enough of them."""
    if leads <= LEADS_A_CHUNK:
        return [work(0, leads)]
    size = max(LEADS_A_CHUNK, -(-leads // CHUNKS))
    return list(_pool().map(lambda first: work(first, min(first + size, leads)), range(0, leads, size)))


def side_by_side(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results of several works, in their order, side by side; none of them may ask for chunks itself."""
    return list(_pool().map(lambda work: work(), works))
