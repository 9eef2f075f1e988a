"""The cycles of the database as the core's arrays, derived from the events as of an instant."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, UNKNOWN, Column, Instants
from lib.core.folding import one_spelling
from lib.core.funnel.money import UNSAID, Money
from lib.core.handoffs.handoffs import Handoffs
from lib.core.time.clock import from_microseconds
from lib.store.database import Readable
from lib.store.handoffs import cycles
from lib.store.leads.history import whole
from lib.store.statements import statement

Scalar = TypeVar("Scalar", bound=np.generic)


def load_handoffs(database: Readable, as_of: int, lead_id: str | None = None, *, money: Money = UNSAID) -> Handoffs:
    """Everything handed over as of an instant (microseconds), or what was of one lead; amounts as `money` adds them.

    Events later than `as_of` count for nothing, and neither do retractions. What
    is due when, the promises say: `due_at` is NEVER throughout.
    """
    instant = from_microseconds(as_of).replace(tzinfo=None)
    with database.read() as cursor:
        then = cycles.as_of(cursor, instant)
        query = statement("handoffs/handoffs", cycles=then.cycles, cycles_called=then.cycles_called)
        rows: pa.Table = cursor.sql(query, params={"lead_id": lead_id}).to_arrow_table().combine_chunks()

    def instants(name: str) -> Instants:
        return _filled(rows, name, NEVER, np.int64)

    def column(name: str) -> Column:
        return Column.of(whole(rows[name]))

    def group(name: str) -> Column:
        return one_spelling(column(name))

    amounts = money.of(column("currency"), _filled(rows, "amount", np.nan, np.float64))
    return Handoffs(
        as_of=as_of,
        lead_id=whole(rows["lead_id"]),
        cycle=_filled(rows, "cycle", 0, np.int32),
        mql_at=instants("mql_at"),
        mql_until=instants("mql_until"),
        assigned_at=instants("assigned_at"),
        assigned_until=instants("assigned_until"),
        first_touch_at=instants("first_touch_at"),
        first_touch_until=instants("first_touch_until"),
        decided_at=instants("decided_at"),
        decided_until=instants("decided_until"),
        decision=_filled(rows, "decision", 0, np.int8),
        reason=group("reason"),
        sql_at=instants("sql_at"),
        opportunity_at=instants("opportunity_at"),
        won_at=instants("won_at"),
        lost_at=instants("lost_at"),
        closed_at=instants("closed_at"),
        outcome=_filled(rows, "outcome", 0, np.int8),
        implied=_filled(rows, "implied", 0, np.int8),
        amount=amounts.amount,
        owner=column("owner"),
        owner_since=instants("owner_since"),
        first_owner=column("first_owner"),
        channel=group("channel"),
        source=group("source"),
        score=_filled(rows, "score", np.nan, np.float64),
        definition_version=_filled(rows, "definition_version", UNKNOWN, np.int32),
        lead_created_at=instants("lead_created_at"),
        due_at=np.full(rows.num_rows, NEVER, dtype=np.int64),
        below_line=_filled(rows, "below_line", False, np.bool_),
        left_out=amounts.left_out,
        currency=amounts.currency,
    )


def _filled(rows: pa.Table, name: str, missing: float, kind: type[Scalar]) -> npt.NDArray[Scalar]:
    filled = pc.fill_null(rows[name], missing)
    return np.ascontiguousarray(filled.to_numpy(), dtype=kind)
