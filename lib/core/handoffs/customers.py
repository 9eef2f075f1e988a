"""Who is a customer, and since when: for handing over they are looked at no more."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lib.core.arrays import NEVER, Instants


@dataclass(frozen=True, eq=False)
class Customers:
    """Since when each of n leads is a customer as of one instant (microseconds), NEVER for who is none; shape (n,).

    Those that say the same are equal: what is remembered about leads and these is known for as long as nobody
    becomes a customer, or ceases to be one.
    """

    since: Instants

    def __post_init__(self) -> None:
        self.since.flags.writeable = False

    @cached_property
    def _told(self) -> tuple[bytes, bytes]:
        who = np.flatnonzero(self.since != NEVER)
        return who.tobytes(), self.since[who].tobytes()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Customers):
            return NotImplemented
        return len(self.since) == len(other.since) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self._told)


def no_customers(leads: int) -> Instants:
    """Where nobody is a customer; shape (leads,)."""
    return np.full(leads, NEVER, dtype=np.int64)
