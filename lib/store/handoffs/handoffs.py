"""The cycles of the database as the core's arrays, derived from the events as of an instant."""

from datetime import datetime
from typing import TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, UNKNOWN, Column, Instants
from lib.core.folding import one_spelling
from lib.core.handoffs.handoffs import Handoffs
from lib.core.time.clock import from_microseconds
from lib.store.database import Readable
from lib.store.leads.history import whole
from lib.store.statements import statement

Scalar = TypeVar("Scalar", bound=np.generic)


def load_handoffs(database: Readable, as_of: int, lead_id: str | None = None) -> Handoffs:
    """Everything handed over as of an instant (microseconds), or what was of one lead.

    Events later than `as_of` count for nothing, and neither do retractions. What
    is due when, the promises say: `due_at` is NEVER throughout.
    """
    instant = from_microseconds(as_of).replace(tzinfo=None)
    with database.read() as cursor:
        given = {"as_of": instant, "lead_id": lead_id, "kept": cycles_are_kept(cursor, instant)}
        rows: pa.Table = cursor.sql(statement("handoffs/handoffs"), params=given).to_arrow_table().combine_chunks()

    def instants(name: str) -> Instants:
        return _filled(rows, name, NEVER, np.int64)

    def column(name: str) -> Column:
        return Column.of(whole(rows[name]))

    def group(name: str) -> Column:
        return one_spelling(column(name))

    return Handoffs(
        as_of=as_of,
        lead_id=whole(rows["lead_id"]),
        cycle=_filled(rows, "cycle", 0, np.int32),
        mql_at=instants("mql_at"),
        assigned_at=instants("assigned_at"),
        first_touch_at=instants("first_touch_at"),
        decided_at=instants("decided_at"),
        decision=_filled(rows, "decision", 0, np.int8),
        reason=group("reason"),
        sql_at=instants("sql_at"),
        opportunity_at=instants("opportunity_at"),
        won_at=instants("won_at"),
        lost_at=instants("lost_at"),
        amount=_filled(rows, "amount", np.nan, np.float64),
        owner=column("owner"),
        channel=group("channel"),
        source=group("source"),
        score=_filled(rows, "score", np.nan, np.float64),
        definition_version=_filled(rows, "definition_version", UNKNOWN, np.int32),
        lead_created_at=instants("lead_created_at"),
        due_at=np.full(rows.num_rows, NEVER, dtype=np.int64),
        below_line=_filled(rows, "below_line", False, np.bool_),
    )


def keep_cycles(cursor: duckdb.DuckDBPyConnection) -> None:
    """Derives anew the kept cycles of the leads that have new events; last in every transaction that adds some.

    Where it is forgotten, figures stay right and become slow: cycles are then
    derived whenever they are looked at.
    """
    cursor.execute(statement("handoffs/keep_cycles"))


def cycles_are_kept(cursor: duckdb.DuckDBPyConnection, as_of: datetime) -> bool:
    """Do the kept cycles hold as of an instant: from every event there is, and none of them later?"""
    ((kept,),) = cursor.execute(statement("handoffs/cycles_are_kept"), {"as_of": as_of}).fetchall()
    return bool(kept)


def _filled(rows: pa.Table, name: str, missing: float, kind: type[Scalar]) -> npt.NDArray[Scalar]:
    filled = pc.fill_null(rows[name], missing)
    return np.ascontiguousarray(filled.to_numpy(), dtype=kind)
