"""Hands over every lead that qualifies under the agreed definition: once, and to somebody."""

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import fields

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, UNKNOWN
from lib.core.definition.criteria import Definition
from lib.core.handoffs.routing import HandedOver, Qualifying, Standing, drawn_below_the_line, owners, qualifying
from lib.core.leads.history import History
from lib.core.replay.hits import HitIndex
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import note
from lib.store.database import Database, insert
from lib.store.handoffs.handoffs import keep_cycles, load_handoffs
from lib.store.sla.responses import load_reps
from lib.store.statements import statement


def route(
    database: Database,
    index: HitIndex,
    definition: Definition,
    version: int,
    as_of: int,
    *,
    disqualifying: Collection[str],
    in_force_since: int,
    who: str = "route",
    dry_run: bool = False,
) -> list[HandedOver]:
    """Hands over as of an instant (microseconds) every lead that `lib.core.handoffs.routing` finds.

    `definition` is the agreed `version` in force then and since `in_force_since`, `index` holds the leads'
    history, `disqualifying` are the coded reasons that rule a lead out for good.
    Those that qualify come first, in the order they did, then those drawn below the line.
    Each lead gets an `mql` event dated `as_of`, with version, score and, where it was drawn, `below_line`, and an
    `assigned` event where there is a rep for it. A lead with a cycle under way, one
    disqualified by sales, and one that was handed over later than `as_of` are left
    alone.

    Twice is once, also from two threads: what is open is read and written in one
    transaction, one writer at a time, and an event's id is a hash of lead, cycle
    and version. A hand-over that was retracted is therefore not repeated under
    the same version. With `dry_run` nothing is kept.
    """
    with database.write(history=False, keep=not dry_run) as cursor:
        standing = _standing(cursor, index.history, as_of, disqualifying)
        found = qualifying(index, definition, standing, as_of)
        drawn = drawn_below_the_line(
            index, definition, standing, as_of, qualified=found, version=version, since=in_force_since
        )
        both = [_table(index.history, standing, found, version), _table(index.history, standing, drawn, version, True)]
        table = _not_yet_routed(cursor, pa.concat_tables(both).combine_chunks())
        if not table.num_rows:
            return []
        handoffs = load_handoffs(database, as_of)
        waiting = handoffs.owner.codes[handoffs.open & (handoffs.owner.codes != UNKNOWN)]
        open_handoffs = Counter(handoffs.owner.values.take(pa.array(waiting)).to_pylist())
        assigned = owners(table["owner"].to_pylist(), load_reps(database), open_handoffs)
        table = table.set_column(table.column_names.index("owner"), "owner", pa.array(assigned, pa.string()))
        _write(cursor, table, version, as_of, who)
        return [
            HandedOver(*row) for row in zip(*(table[one.name].to_pylist() for one in fields(HandedOver)), strict=True)
        ]


def _standing(
    cursor: duckdb.DuckDBPyConnection, history: History, as_of: int, disqualifying: Collection[str]
) -> Standing:
    given = {"as_of": from_microseconds(as_of).replace(tzinfo=None), "disqualifying": list(disqualifying)}
    rows: pa.Table = cursor.sql(statement("handoffs/standing"), params=given).to_arrow_table()
    place = pc.index_in(history.lead_id, value_set=rows["lead_id"]).fill_null(UNKNOWN).to_numpy()
    leads = np.flatnonzero(place != UNKNOWN)
    of = place[leads]
    cycles = np.zeros(history.leads, dtype=np.int32)
    returned_at = np.full(history.leads, NEVER, dtype=np.int64)
    shut = np.zeros(history.leads, dtype=np.bool_)
    cycles[leads] = rows["cycles"].to_numpy()[of]
    returned_at[leads] = pc.fill_null(rows["returned_at"], NEVER).to_numpy()[of]
    shut[leads] = rows["shut"].to_numpy()[of]
    return Standing(cycles, returned_at, shut)


def _table(history: History, standing: Standing, found: Qualifying, version: int, below_line: bool = False) -> pa.Table:
    """The leads to be handed over, with the ids their events will have; `owner` is the lead's own."""
    lead_ids = history.lead_id.take(pa.array(found.rows)).to_pylist()
    cycles = (standing.cycles[found.rows] + 1).tolist()
    owner = history.column("owner")
    # An id of its own: who is drawn by mistake and taken back is handed over when it reaches the threshold.
    mql, assigned = ("below_line", "below_line_assigned") if below_line else ("mql", "assigned")
    return pa.table(
        {
            "lead_id": pa.array(lead_ids, pa.string()),
            "cycle": pa.array(cycles, pa.int32()),
            "qualified_at": pa.array(found.qualified_at),
            "score": pa.array(found.score),
            "owner": pa.array([owner.text(row) for row in found.rows.tolist()], pa.string()),
            "below_line": pa.array([below_line] * len(found.rows), pa.bool_()),
            **{
                name: pa.array(
                    [_event_id(*key, version, kind) for key in zip(lead_ids, cycles, strict=True)], pa.string()
                )
                for name, kind in (("event_id", mql), ("assigned_id", assigned))
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


def _write(cursor: duckdb.DuckDBPyConnection, table: pa.Table, version: int, as_of: int, who: str) -> None:
    cursor.register("handing_over", table)
    given: dict[str, int | str] = {"as_of": as_of, "version": version, "who": who}
    insert(cursor, "handoff_event by name", statement("handoffs/routed_events"), given)
    cursor.unregister("handing_over")
    keep_cycles(cursor)
    of_events = hashlib.sha256("\n".join(sorted(table["event_id"].to_pylist())).encode()).hexdigest()
    drawn = pc.sum(table["below_line"]).as_py()
    said: dict[str, int | str] = {"version": version, "leads": table.num_rows, "sha256": of_events}
    note(cursor, as_of, who, "routed", {**said, **({"below_line": drawn} if drawn else {})})
