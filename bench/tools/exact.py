"""Hand-offs as somebody invents them: every step known to the instant, stated, by one owner, none closed."""

from typing import Any

import numpy as np

from lib.core.arrays import NEVER
from lib.core.handoffs.handoffs import Handoffs, Outcome


def handoffs(**known: Any) -> Handoffs:
    """The hand-offs of these fields; those that only days, closings, queues and currencies fill are as without any."""
    size = len(known["mql_at"])
    won, lost = (np.asarray(known[name]) != NEVER for name in ("won_at", "lost_at"))
    plain: dict[str, Any] = {
        "mql_until": known["mql_at"].copy(),
        "assigned_until": known["assigned_at"].copy(),
        "first_touch_until": known["first_touch_at"].copy(),
        "decided_until": known["decided_at"].copy(),
        "closed_at": np.full(size, NEVER, dtype=np.int64),
        "outcome": np.where(won, Outcome.WON, np.where(lost, Outcome.LOST, Outcome.NONE)).astype(np.int8),
        "implied": np.zeros(size, dtype=np.int8),
        "owner_since": known["assigned_at"].copy(),
        "first_owner": known["owner"],
        "left_out": np.zeros(size, dtype=np.bool_),
        "currency": None,
    }
    return Handoffs(**(plain | known))
