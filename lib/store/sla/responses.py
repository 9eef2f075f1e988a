"""The hand-offs of the database set against the promises: due when, answered how fast."""

import numpy as np
import pyarrow as pa

from lib.core.handoffs.handoffs import Handoffs
from lib.core.handoffs.reps import Rep
from lib.core.sla.fairness import Traces
from lib.core.time.clock import from_microseconds
from lib.store.database import Readable
from lib.store.handoffs import cycles
from lib.store.statements import statement


def load_reps(database: Readable) -> tuple[Rep, ...]:
    """Everybody who answers hand-offs, by `rep_id`."""
    with database.cursor() as cursor:
        rows = cursor.execute(statement("sla/reps")).fetchall()
    return tuple(Rep(*row) for row in rows)


def load_traces(database: Readable, handoffs: Handoffs) -> Traces:
    """Touches and what followed on the decision, as of the hand-offs' own instant.

    `handoffs` holds every cycle of each of its leads, as `load_handoffs` does.
    """
    asked = pa.table(
        {
            "row": np.arange(len(handoffs)),
            "lead_id": handoffs.lead_id,
            "cycle": handoffs.cycle,
            "mql_at": handoffs.mql_at,
            "decided_at": handoffs.decided_at,
        }
    )
    given = {"as_of": from_microseconds(handoffs.as_of).replace(tzinfo=None)}
    with database.read() as cursor:
        cursor.register("asked", asked)
        query = statement("sla/traces", cycles=cycles.as_of(cursor, given["as_of"]).cycles)
        found = cursor.execute(query, given).fetchnumpy()
    return Traces(**{name: np.ascontiguousarray(values, dtype=np.int64) for name, values in found.items()})
