"""What is derived from hand-off events: the cycles of many leads, and what is wrong with an event."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from lib.core.arrays import Instants, Mask


class Of(IntEnum):
    """What is found out about a cycle: instants (NEVER: not happened), rows of its events (-1: none), and counts."""

    LEAD = 0
    NUMBER = 1
    OPENED = 2
    MQL_AT = 3
    MQL_UNTIL = 4
    ASSIGNED_AT = 5
    ASSIGNED_UNTIL = 6
    FIRST_TOUCH_AT = 7
    FIRST_TOUCH_UNTIL = 8
    DECIDED_AT = 9
    DECIDED_UNTIL = 10
    DECISION = 11
    REASON = 12
    SQL_AT = 13
    OPPORTUNITY_AT = 14
    WON_AT = 15
    LOST_AT = 16
    CLOSED_AT = 17
    OUTCOME = 18
    MONEY = 19
    OWNER = 20
    OWNER_SINCE = 21
    FIRST_OWNER = 22
    IMPLIED = 23
    RECYCLED_AT = 24
    CONTACT_AT = 25
    ATTEMPTS = 26
    NEXT_AT = 27
    ENDED_AT = 28
    UNDER_WAY = 29


class Wrong(IntEnum):
    """What is wrong with an event; several things may be, each is a bit."""

    ORPHAN = 1
    REPEAT = 2
    CONTRADICTION = 4
    UNKNOWN_REASON = 8
    TIE = 16
    REOPENED = 32


@dataclass(frozen=True, eq=False)
class Events:
    """n events of m leads, those of one lead together, by instant, step and content; shapes (n,), `start` (m + 1,).

    `gone` are hand-overs taken back: what belongs to their cycles goes with them. `day_ends` is 0 for what is
    exactly timed; `actor` a code, -1 for nobody; `content` the same number for events of a kind that say the same.
    Events later than looked at are there too: places of days rest on them.
    """

    start: npt.NDArray[np.int64]
    at: Instants
    step: npt.NDArray[np.int8]
    gone: Mask
    day_ends: Instants
    actor: npt.NDArray[np.int32]
    to_queue: Mask
    has_reason: Mask
    reason_known: Mask
    has_amount: Mask
    is_contact: Mask
    content: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Derived:
    """c cycles, by lead and number: `cycles` (c, len(Of)).

    For each event its `place`, the instant it stands at, the row of its `cycle` (-1: none, -2: it went with a
    hand-over that was taken back) and what is `wrong` with it; for each lead since when it is a `customer`.
    """

    cycles: npt.NDArray[np.int64]
    place: Instants
    cycle: npt.NDArray[np.int64]
    wrong: npt.NDArray[np.int8]
    customer: Instants

    def of(self, what: Of) -> npt.NDArray[np.int64]:
        """One thing about every cycle; shape (c,)."""
        return np.ascontiguousarray(self.cycles[:, what])
