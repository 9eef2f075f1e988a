"""Cycles as of an instant, for whoever asks: those kept as of all events where they hold, else derived once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, UNKNOWN, Column, Instants, Mask
from lib.core.folding import is_one_of
from lib.core.handoffs.cycles.derived import Derived, Events, Of
from lib.core.handoffs.cycles.deriving import derive
from lib.core.handoffs.cycles.kernels import TAKEN
from lib.core.time.clock import to_microseconds
from lib.store.composing import Sql, named, quoted, sql
from lib.store.statements import statement

EVERY_EVENT = sql("'handoff_event'")
AT_THE_END = datetime.fromisoformat("9999-12-31T23:59:59")
"""Later than any event."""


@dataclass(frozen=True)
class AsOf:
    """The names, on one cursor, of tables of all cycles and of all leads with events, as of an instant.

    They have the columns of `kept_cycle`, and of `kept_lead` those that say something of the lead. `cycles_called` is
    the first as a literal, as macros take it.
    """

    cycles: Sql
    leads: Sql
    cycles_called: Sql


def as_of(cursor: duckdb.DuckDBPyConnection, instant: datetime) -> AsOf:
    """The cycles as of an instant: kept, or derived here and now."""
    if cycles_are_kept(cursor, instant):
        return _called("kept_cycle", "kept_lead")
    events, found = derived(cursor, EVERY_EVENT, instant)
    cursor.register("cycle_then", cycle_table(events, found))
    cursor.register("lead_then", lead_table(events, found))
    return _called("cycle_then", "lead_then")


def _called(cycles: str, leads: str) -> AsOf:
    return AsOf(named(cycles), named(leads), quoted(cycles))


def cycles_are_kept(cursor: duckdb.DuckDBPyConnection, as_of: datetime) -> bool:
    """Do the kept cycles hold as of an instant: from every event there is, and none of them later?"""
    ((kept,),) = cursor.execute(statement("handoffs/cycles_are_kept"), {"as_of": as_of}).fetchall()
    return bool(kept)


def keep_cycles(cursor: duckdb.DuckDBPyConnection) -> None:
    """Derives anew the kept cycles of the leads that have other events than before; last in every transaction that
    changes some.

    A lead with another number of events than its row in `kept_lead` says is one, and so is one without such a row.
    Where it is forgotten, figures stay right and become slow: cycles are then derived whenever they are looked at.
    """
    cursor.execute(statement("handoffs/leads_to_keep"))
    events, found = derived(cursor, sql("'event_of_lead_to_keep'"), AT_THE_END)
    cursor.register("cycle_to_keep", cycle_table(events, found))
    cursor.register("customer_to_keep", lead_table(events, found))
    cursor.execute(statement("handoffs/keep_cycles"))
    cursor.unregister("customer_to_keep")
    cursor.unregister("cycle_to_keep")


def cycles_astray(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The leads whose kept cycles are not those of their events."""
    cursor.register("cycle_of_events", cycle_table(*derived(cursor, EVERY_EVENT, AT_THE_END)))
    astray = [lead_id for (lead_id,) in cursor.execute(statement("handoffs/cycles_astray")).fetchall()]
    cursor.unregister("cycle_of_events")
    return astray


def derived(
    cursor: duckdb.DuckDBPyConnection, events: Sql, as_of: datetime, reasons: Collection[str] | None = None
) -> tuple[pa.Table, Derived]:
    """The events of a table (its name as a literal), those of a lead together, and what is derived from them.

    `reasons` are the known codes, where somebody asks for what is wrong.
    """
    query = statement("handoffs/events_to_derive", events=events)
    rows: pa.Table = cursor.sql(query, params={"as_of": as_of}).to_arrow_table().combine_chunks()
    lead = Column.of(rows["lead_id"].combine_chunks()).codes
    start = np.flatnonzero(np.diff(lead, prepend=UNKNOWN - 1))
    actor, reason = (Column.of(rows[name].combine_chunks()) for name in ("actor", "reason"))
    to_queue = _flags(rows, "to_queue")
    amount = _amounts(rows)
    found = Events(
        start=np.append(start, len(rows)).astype(np.int64),
        at=rows["at"].to_numpy(),
        step=rows["step"].to_numpy(),
        gone=_flags(rows, "gone"),
        day_ends=rows["day_ends"].to_numpy(),
        actor=actor.codes,
        to_queue=to_queue,
        has_reason=reason.codes != UNKNOWN,
        reason_known=_known(reason, reasons),
        has_amount=amount != UNKNOWN,
        is_contact=_flags(rows, "is_contact"),
        content=_contents(actor, reason, amount),
    )
    return rows, derive(found, to_microseconds(as_of))


def cycle_table(events: pa.Table, of: Derived) -> pa.Table:
    """The derived cycles as a table of the columns of `kept_cycle`."""

    def instant(what: Of) -> pa.Array:
        at: Instants = of.of(what)
        return pa.array(at, mask=at == NEVER).cast(pa.timestamp("us"))

    def said(what: Of, column: str) -> pa.Array:
        rows = of.of(what)
        return events[column].combine_chunks().take(pa.array(rows, mask=rows == UNKNOWN))

    def word(what: Of, *words: str | None) -> pa.Array:
        return pa.array(words, pa.string()).take(pa.array(of.of(what)))

    return pa.table(
        {
            "lead_id": said(Of.OPENED, "lead_id"),
            "cycle": pa.array(of.of(Of.NUMBER).astype(np.int32)),
            "opened_by": said(Of.OPENED, "event_id"),
            **{name: instant(Of[name.upper()]) for name in _INSTANTS[:8]},
            "decision": word(Of.DECISION, None, "accepted", "rejected"),
            "reason": said(Of.REASON, "reason"),
            "implied": pa.array(of.of(Of.IMPLIED).astype(np.int32)),
            **{name: instant(Of[name.upper()]) for name in _INSTANTS[8:13]},
            "outcome": word(Of.OUTCOME, None, "won", "lost"),
            "amount": said(Of.MONEY, "amount"),
            "currency": said(Of.MONEY, "currency"),
            "owner": said(Of.OWNER, "actor"),
            "owner_since": instant(Of.OWNER_SINCE),
            "first_owner": said(Of.FIRST_OWNER, "actor"),
            "recycled_at": instant(Of.RECYCLED_AT),
            "contact_at": instant(Of.CONTACT_AT),
            "attempts": pa.array(of.of(Of.ATTEMPTS).astype(np.int32)),
            "next_at": instant(Of.NEXT_AT),
            "ended_at": instant(Of.ENDED_AT),
            "under_way": pa.array(of.of(Of.UNDER_WAY) == 1),
            "score": said(Of.OPENED, "score"),
            "definition_version": said(Of.OPENED, "definition_version"),
        }
    )


def lead_table(events: pa.Table, of: Derived) -> pa.Table:
    """What is derived of each lead with events: since when it is a customer, what went with a hand-over taken back."""
    lead_id = events["lead_id"].combine_chunks()
    first = np.flatnonzero(np.diff(Column.of(lead_id).codes, prepend=UNKNOWN - 1))
    since = pa.array(of.customer, mask=of.customer == NEVER).cast(pa.timestamp("us"))
    taken: list[list[str] | None] = [None] * len(first)
    for row in np.flatnonzero(of.cycle == TAKEN).tolist():
        place = int(np.searchsorted(first, row, side="right")) - 1
        taken[place] = [*(taken[place] or []), events["event_id"][row].as_py()]
    return pa.table(
        {
            "lead_id": lead_id.take(pa.array(first)),
            "customer_since": since,
            "taken": pa.array(taken, pa.list_(pa.string())),
        }
    )


_INSTANTS = (
    *("mql_at", "mql_until", "assigned_at", "assigned_until", "first_touch_at", "first_touch_until"),
    *("decided_at", "decided_until", "sql_at", "opportunity_at", "won_at", "lost_at", "closed_at"),
)


def _flags(rows: pa.Table, name: str) -> Mask:
    return np.asarray(rows[name].combine_chunks().to_numpy(zero_copy_only=False), dtype=np.bool_)


def _known(reason: Column, reasons: Collection[str] | None) -> Mask:
    """Which events have a known reason; all, where nobody asks."""
    known = np.array(
        [*(reasons is None or is_one_of(text, reasons) for text in reason.values.to_pylist()), reasons is None]
    )
    return known[reason.codes]


def _amounts(rows: pa.Table) -> npt.NDArray[np.int32]:
    """A code for each amount, UNKNOWN where there is none."""
    encoded = pc.dictionary_encode(rows["amount"].combine_chunks())
    codes = encoded.indices.fill_null(UNKNOWN).to_numpy(zero_copy_only=False)
    return np.asarray(codes, dtype=np.int32)


def _contents(actor: Column, reason: Column, amount: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """The same number for events with the same actor, reason and amount."""
    content = (actor.codes.astype(np.int64) + 1) * (len(reason.values) + 1) + reason.codes + 1
    return content * (int(amount.max(initial=0)) + 2) + amount + 1
