"""Learning below the line: whom the lot falls on among the leads that come close to the threshold."""

import hashlib

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
