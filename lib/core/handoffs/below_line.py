"""Learning below the line: whom the lot falls on among the leads that come close, and whom they then speak for."""

import hashlib
from dataclasses import dataclass

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import last_looks, replay

LOTS = 2**64


def is_drawn(lead_id: str, cycle: int, version: int, share: float) -> bool:
    """Whether the lot falls on a lead's cycle under a version of the definition.

    It does where the first 8 bytes of the SHA-256 of the three, taken as a number
    from 0 up to 1, are below the share: for so large a share of all leads, the same
    whoever asks, whenever, in whatever order, and whatever is known about the lead. A new
    version draws anew, or those that were not drawn would never be.
    """
    lot = hashlib.sha256(f"{lead_id}\0{cycle}\0{version}\0below the line".encode()).digest()[:8]
    return int.from_bytes(lot) < share * LOTS


@dataclass(frozen=True, eq=False)
class Line:
    """Where each of n leads stands to the agreed definition by now; shapes (n,).

    `above` are handed over by it. `customer_since` is NEVER for who is no customer.
    """

    above: Mask
    customer_since: Instants


def line_of(index: HitIndex, agreed: Definition, handoffs: Handoffs, customer_since: Instants) -> Line:
    """How the leads stand to the agreed definition, as of the hand-offs' instant, and since when each is a customer."""
    until = last_looks(agreed, customer_since, handoffs.as_of)
    return Line(replay(index.hits(agreed), agreed, as_of=until).qualified_at != NEVER, customer_since)
