"""The leads and activities of the database as the core's arrays."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, Column, Instants
from lib.core.definition.criteria import EXTRA_PREFIX, LEAD_FIELDS
from lib.core.leads.arranging import arranged
from lib.core.leads.changes import Noted, changes_of
from lib.core.leads.history import History
from lib.store.composing import names, sql
from lib.store.database import Readable
from lib.store.statements import statement

CELLS_AT_ONCE = 2_000_000
"""So many values of custom columns are in memory as texts at one time."""


def load_history(database: Readable, lead_id: str | None = None, *, zone: str = "UTC") -> History:
    """Every lead and activity of one state of the data, or those of one lead only; days are the zone's.

    Activities at one instant are in no particular order: nothing that counts depends on it.
    """
    given = {"lead_id": lead_id}
    with database.read() as cursor:
        leads = _table(cursor, "leads/history_leads", given)
        whats = _table(cursor, "leads/history_whats", given)
        activities = _table(cursor, "leads/history_activities", given)
        extras = _extras(cursor, lead_id)
        changes = _changes(cursor, lead_id)
        watched_since = _watched_since(cursor, lead_id)
    columns = ("lead", "at_us", "what", "amount")
    chunks = [tuple(batch[name].to_numpy() for name in columns) for batch in activities.to_batches()]
    start, at, what, amount = arranged(chunks, leads.num_rows)
    del chunks, activities
    created_at = _created_at(leads)
    fields = {**_columns(leads, LEAD_FIELDS), **extras}
    return History(
        lead_id=whole(leads["lead_id"]),
        created_at=created_at,
        fields=fields,
        changes=changes_of(created_at, fields, changes),
        activity_start=start,
        activity_at=at,
        activity_what=what,
        activity_amount=amount,
        what_kind=whole(whats["kind"]),
        what_subject=whole(whats["subject"]),
        watched_since=watched_since,
        zone=zone,
    )


def load_fields(database: Readable, fields: Collection[str]) -> History:
    """Every lead with these fields only and no activities, so without days; none at all where no field is asked for."""
    columns = ["lead_id", "created_us", *(name for name in LEAD_FIELDS if name in fields)]
    extras = {name.removeprefix(EXTRA_PREFIX) for name in fields if name.startswith(EXTRA_PREFIX)}
    leads_of_history = statement("leads/history_leads")
    asked = sql("select {columns} from ({leads}) as lead", columns=names(columns), leads=leads_of_history)
    if not fields:
        asked = sql("{asked} limit 0", asked=asked)
    with database.read() as cursor:
        leads: Any = cursor.sql(asked, params={"lead_id": None}).to_arrow_table()
        carried = _extras(cursor, None, extras)
        changes = _changes(cursor, None, fields)
    created_at = _created_at(leads)
    asked_for = {**_columns(leads, columns[2:]), **carried}
    return History(
        lead_id=whole(leads["lead_id"]),
        created_at=created_at,
        fields=asked_for,
        changes=changes_of(created_at, asked_for, changes),
        activity_start=np.zeros(leads.num_rows + 1, dtype=np.int64),
        activity_at=np.zeros(0, dtype=np.int64),
        activity_what=np.zeros(0, dtype=np.int32),
        activity_amount=np.zeros(0),
        what_kind=pa.array([], pa.string()),
        what_subject=pa.array([], pa.string()),
        watched_since=np.full(leads.num_rows, NEVER, dtype=np.int64),
        zone="UTC",
    )


def newest_instant(database: Readable, now: int) -> int | None:
    """The newest instant of any lead, activity or event that is not after `now`; None without any.

    Both in microseconds since 1970 UTC. A year typed wrong is no instant that the data has reached.
    """
    with database.cursor() as cursor:
        ((newest,),) = cursor.execute(statement("leads/newest_instant"), {"now": now}).fetchall()
    return None if newest is None else int(newest)


def _created_at(leads: Any) -> Instants:
    return np.asarray(whole(leads["created_us"]).to_numpy(zero_copy_only=False), dtype=np.int64)


def _changes(cursor: duckdb.DuckDBPyConnection, lead_id: str | None, only: Collection[str] | None = None) -> Noted:
    """What is known of the changes of fields (`only` these)."""
    given = {"lead_id": lead_id, "fields": None if only is None else list(only)}
    rows, told = (_table(cursor, name, given) for name in ("leads/history_changes", "leads/history_change_texts"))
    lead, at, change = (whole(rows[name]).to_numpy(zero_copy_only=False) for name in ("lead", "at_us", "change"))
    if not len(lead):
        nothing = Column(np.empty(0, dtype=np.int32), pa.array([], pa.string()))
        return Noted(lead, at, nothing, nothing, nothing)
    told_of = whole(told["change"]).to_numpy(zero_copy_only=False)
    place = np.empty(int(told_of.max()) + 1, dtype=np.int64)
    # In the order of the table, so that equal data has equal codes.
    order = np.argsort(told_of, kind="stable")
    place[told_of[order]] = np.arange(len(order))
    texts = (Column.of(whole(told[name]).take(pa.array(order))) for name in ("field", "old_value", "value"))
    return Noted(lead, at, *(Column(of.codes[place[change]], of.values) for of in texts))


def _watched_since(cursor: duckdb.DuckDBPyConnection, lead_id: str | None) -> Instants:
    """From when on every change of each lead would be known, in the order of the leads' ids; NEVER where none would."""
    told = _table(cursor, "leads/history_watched", {"lead_id": lead_id})
    return np.asarray(pc.fill_null(whole(told["since_us"]), NEVER).to_numpy(zero_copy_only=False), dtype=np.int64)


def _table(cursor: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, str | list[str] | None]) -> Any:
    return cursor.sql(statement(name), params=given).to_arrow_table()


def _columns(leads: Any, called: Sequence[str]) -> dict[str, Column]:
    # Arrow works without the interpreter's lock: the columns are encoded side by side.
    with ThreadPoolExecutor() as pool:
        return dict(zip(called, pool.map(lambda name: Column.of(whole(leads[name])), called), strict=True))


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column of a query's answer as one array, without its chunks."""
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def _extras(
    cursor: duckdb.DuckDBPyConnection, lead_id: str | None, only: Collection[str] | None = None
) -> dict[str, Column]:
    """The custom columns (`only` these), each as texts in the order of the leads' ids."""
    if only is None:
        only = [key for (key,) in cursor.execute(statement("leads/extra_keys"), {"lead_id": lead_id}).fetchall()]
    (leads,) = cursor.execute("select count(*) from lead").fetchall()[0]
    # One reading of a lead's JSON gives many columns; all of many leads at once would not fit into memory.
    at_once = max(1, CELLS_AT_ONCE // max(1, leads))
    keys, columns = list(only), {}
    for start in range(0, len(keys), at_once):
        some = keys[start : start + at_once]
        pointers = ["/" + key.replace("~", "~0").replace("/", "~1") for key in some]
        texts = whole(_table(cursor, "leads/extra_values", {"pointers": pointers, "lead_id": lead_id})["texts"])
        for place, key in enumerate(some):
            columns[EXTRA_PREFIX + key] = Column.of(pc.list_element(texts, place))
    return columns
