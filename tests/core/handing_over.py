"""Hand-offs written down in a line each, for tests of what the core says about them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bench.tools import exact
from lib.core.arrays import NEVER, Column
from lib.core.handoffs.below_line import Line
from lib.core.handoffs.customers import no_customers
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import History
from tests.core.strategies import AS_OF


@dataclass(frozen=True)
class Handed:
    """One hand-off; how far it came, None while it is open, `rejected`, or a stage."""

    lead_id: str
    mql_at: int
    became: str | None = None
    below_line: bool = False
    score: float = np.nan


def handoffs(*rows: Handed, as_of: int = AS_OF) -> Handoffs:
    ordered = sorted(rows, key=lambda row: (row.mql_at, row.lead_id))
    count = len(ordered)
    never = np.full(count, NEVER, dtype=np.int64)
    at = np.array([row.mql_at for row in ordered], dtype=np.int64)
    became = [row.became for row in ordered]
    decision = [
        Decision.OPEN if one is None else Decision.REJECTED if one == "rejected" else Decision.ACCEPTED
        for one in became
    ]

    def since(*stages: str) -> np.ndarray:
        return np.where([one in stages for one in became], at, never) if count else never

    blank = Column.of(pa.array([None] * count, pa.string()))
    return exact.handoffs(
        as_of=as_of,
        lead_id=pa.array([row.lead_id for row in ordered], pa.string()),
        cycle=np.ones(count, dtype=np.int32),
        mql_at=at,
        assigned_at=never,
        first_touch_at=never,
        decided_at=since("rejected", "accepted", "sql", "won"),
        decision=np.array(decision, dtype=np.int8),
        reason=blank,
        sql_at=since("sql", "won"),
        opportunity_at=since("won"),
        won_at=since("won"),
        lost_at=never,
        amount=np.full(count, np.nan),
        owner=blank,
        channel=blank,
        source=blank,
        score=np.array([row.score for row in ordered], dtype=np.float64),
        definition_version=np.ones(count, dtype=np.int32),
        lead_created_at=at,
        due_at=never,
        below_line=np.array([row.below_line for row in ordered], dtype=np.bool_),
    )


def everybody_above(history: History) -> Line:
    """The line where nobody is below it: who was drawn counts like any other."""
    return Line(np.ones(history.leads, dtype=np.bool_), no_customers(history.leads))
