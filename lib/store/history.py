"""The leads and activities of the database as the core's arrays."""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from lib.core.definition import EXTRA_PREFIX, LEAD_FIELDS
from lib.core.history import Column, History
from lib.store.database import Database
from lib.store.statements import statement


def load_history(database: Database, lead_id: str | None = None) -> History:
    """Every lead and activity of one state of the data, or those of one lead only.

    Activities at one instant are in no particular order: nothing that counts depends on it.
    """
    given = {"lead_id": lead_id}
    with database.read() as cursor:
        leads = _table(cursor, "history_leads", given)
        whats = _table(cursor, "history_whats", given)
        activities: dict[str, Any] = cursor.execute(statement("history_activities"), given).fetchnumpy()
        extras = _extras(cursor, lead_id)
    counts = np.bincount(activities["lead"], minlength=leads.num_rows)
    return History(
        lead_id=_whole(leads["lead_id"]),
        created_at=_whole(leads["created_us"]).to_numpy(zero_copy_only=False).astype(np.int64),
        fields={**{name: Column.of(_whole(leads[name])) for name in LEAD_FIELDS}, **extras},
        activity_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        activity_at=np.ascontiguousarray(activities["at_us"], dtype=np.int64),
        activity_what=np.ascontiguousarray(activities["what"], dtype=np.int32),
        activity_amount=np.ascontiguousarray(activities["amount"], dtype=np.float64),
        what_kind=_whole(whats["kind"]),
        what_subject=_whole(whats["subject"]),
    )


def newest_instant(database: Database) -> int | None:
    """The newest instant of any lead, activity or event, in microseconds since 1970 UTC; None without data."""
    with database.cursor() as cursor:
        row = cursor.execute(statement("newest_instant")).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def _table(cursor: duckdb.DuckDBPyConnection, name: str, given: dict[str, str | None]) -> Any:
    return cursor.sql(statement(name), params=given).to_arrow_table()


def _whole(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined


def _extras(cursor: duckdb.DuckDBPyConnection, lead_id: str | None) -> dict[str, Column]:
    """The custom columns, each as texts in the order of the leads' ids."""
    keys = cursor.execute(statement("extra_keys"), {"lead_id": lead_id}).fetchall()
    columns = {}
    for (key,) in keys:
        pointer = "/" + key.replace("~", "~0").replace("/", "~1")
        texts = _table(cursor, "extra_values", {"pointer": pointer, "lead_id": lead_id})
        columns[EXTRA_PREFIX + key] = Column.of(_whole(texts["value"]))
    return columns
