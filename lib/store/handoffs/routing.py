"""Where leads stand with sales, and the events that hand some of them over."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import fields

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.access.grants import Grant
from lib.core.agreement.audit import salt
from lib.core.arrays import NEVER, UNKNOWN
from lib.core.folding import fold
from lib.core.handoffs.routing import HandedOver, Qualifying, Standing, Way
from lib.core.leads.history import History
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import note_as_of
from lib.store.composing import sql
from lib.store.database import insert
from lib.store.handoffs import cycles as cycles_then
from lib.store.handoffs.customers import customers_in
from lib.store.statements import statement

NOTED = {Way.AWAKENED: "awakened", Way.STOCK: "stock", Way.BELOW_LINE: "below_line"}
"""The ways that an audit entry counts apart from the others."""


def standing(
    cursor: duckdb.DuckDBPyConnection, lead_id: pa.Array, as_of: int, disqualifying: Collection[str]
) -> Standing:
    """How leads stand with sales as of an instant (microseconds), in the order of their ids (n,).

    `disqualifying` are the coded reasons that rule a lead out for good.
    """
    instant = from_microseconds(as_of).replace(tzinfo=None)
    then = cycles_then.as_of(cursor, instant)
    query = statement("handoffs/standing", cycles=then.cycles, leads=then.leads)
    given = {"as_of": instant, "disqualifying": list(map(fold, disqualifying))}
    rows: pa.Table = cursor.sql(query, params=given).to_arrow_table()
    place = pc.index_in(lead_id, value_set=rows["lead_id"]).fill_null(UNKNOWN).to_numpy()
    leads = np.flatnonzero(place != UNKNOWN)
    of = place[leads]
    cycles = np.zeros(len(lead_id), dtype=np.int32)
    returned_at = np.full(len(lead_id), NEVER, dtype=np.int64)
    shut = np.zeros(len(lead_id), dtype=np.bool_)
    cycles[leads] = rows["cycles"].to_numpy()[of]
    returned_at[leads] = pc.fill_null(rows["returned_at"], NEVER).to_numpy()[of]
    shut[leads] = rows["shut"].to_numpy()[of]
    return Standing(cycles, returned_at, shut, customers_in(cursor, lead_id, as_of))


def to_write(
    cursor: duckdb.DuckDBPyConnection,
    history: History,
    standing: Standing,
    found: Sequence[Qualifying],
    version: int,
) -> pa.Table:
    """The leads found, less those already handed over later than looked at, with the ids their events will have."""
    every = [_table(history, standing, some, version) for some in found]
    return _not_yet_routed(cursor, pa.concat_tables(every).combine_chunks())


def write(
    cursor: duckdb.DuckDBPyConnection,
    table: pa.Table,
    assigned: Sequence[str | None],
    version: int,
    as_of: int,
    by: Grant,
) -> tuple[HandedOver, ...]:
    """Hands over the leads of `to_write`, each to the rep in its place, with an audit entry; who they are."""
    table = table.set_column(table.column_names.index("owner"), "owner", pa.array(assigned, pa.string()))
    _write(cursor, table, version, as_of, by)
    names = [one.name for one in fields(HandedOver)]
    return tuple(HandedOver(**{**row, "way": Way(row["way"])}) for row in table.select(names).to_pylist())


def _table(history: History, standing: Standing, found: Qualifying, version: int) -> pa.Table:
    """The leads to be handed over, with the ids their events will have; `owner` is the lead's own."""
    lead_ids = history.lead_id.take(pa.array(found.rows)).to_pylist()
    cycles = (standing.cycles[found.rows] + 1).tolist()
    owner = history.column("owner")
    below_line = [way is Way.BELOW_LINE for way in found.ways]
    # An id of its own: who is drawn by mistake and taken back is handed over when it reaches the threshold.
    kinds = [("below_line", "below_line_assigned") if drawn else ("mql", "assigned") for drawn in below_line]
    return pa.table(
        {
            "lead_id": pa.array(lead_ids, pa.string()),
            "cycle": pa.array(cycles, pa.int32()),
            "qualified_at": pa.array(found.qualified_at),
            "score": pa.array(found.score),
            "owner": pa.array([owner.text(row) for row in found.rows.tolist()], pa.string()),
            "way": pa.array(found.ways, pa.string()),
            "below_line": pa.array(below_line, pa.bool_()),
            **{
                name: pa.array(
                    [
                        _event_id(lead_id, cycle, version, kind[place])
                        for lead_id, cycle, kind in zip(lead_ids, cycles, kinds, strict=True)
                    ],
                    pa.string(),
                )
                for place, name in enumerate(("event_id", "assigned_id"))
            },
        }
    )


def _event_id(lead_id: str, cycle: int, version: int, kind: str) -> str:
    return hashlib.sha256(f"{lead_id}\0{cycle}\0{version}\0{kind}".encode()).hexdigest()


def _not_yet_routed(cursor: duckdb.DuckDBPyConnection, table: pa.Table) -> pa.Table:
    cursor.register("qualifying", table)
    routed = [lead_id for (lead_id,) in cursor.execute(statement("handoffs/routed_already")).fetchall()]
    cursor.unregister("qualifying")
    return table.filter(pc.invert(pc.is_in(table["lead_id"], value_set=pa.array(routed, pa.string()))))


def _write(cursor: duckdb.DuckDBPyConnection, table: pa.Table, version: int, as_of: int, by: Grant) -> None:
    cursor.register("handing_over", table)
    given: dict[str, int | str] = {"as_of": as_of, "version": version, "who": by.name}
    insert(cursor, sql("handoff_event by name"), statement("handoffs/routed_events"), given)
    cursor.unregister("handing_over")
    cycles_then.keep_cycles(cursor)
    of_events = hashlib.sha256("\n".join(sorted(table["event_id"].to_pylist())).encode()).hexdigest()
    said: dict[str, int | str] = {"version": version, "leads": table.num_rows, "sha256": of_events, "salt": salt()}
    named = Counter(table["way"].to_pylist())
    ways = {NOTED[way]: named[way] for way in NOTED if named[way]}
    note_as_of(cursor, as_of, by, "routed", {**said, **ways})
