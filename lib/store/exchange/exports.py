"""Scores, MQLs and decisions out of the database, in a system's own ids, headings and words."""

import pyarrow as pa

from lib.core.definition.criteria import EXTRA_PREFIX, Definition
from lib.core.exchange.outgoing import as_written, decision_table, mql_table, score_table
from lib.core.exchange.tables import EXPORTS, TABLES, Source, ValueType
from lib.core.time.clock import from_microseconds
from lib.store.database import Database
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.leads.history import load_history


def export_table(
    database: Database, kind: str, definition: Definition, as_of: int, source: Source | None = None
) -> pa.Table:
    """What is exported as `kind` (a name in `EXPORTS`) as of an instant; scores are by `definition`.

    One row a lead, a cycle, or a decided cycle. Under our own names, unless the
    `source` says how its system has it.
    """
    if kind not in EXPORTS:
        raise ValueError(f"nothing called {kind!r} is exported")
    if kind == "scores":
        table = score_table(load_history(database), definition, as_of)
    else:
        handoffs = load_handoffs(database, as_of)
        table = mql_table(handoffs) if kind == "mqls" else decision_table(handoffs)
    export = source.export.get(kind) if source else None
    if export is None:
        return table
    return as_written(table, export, lambda column: _of_leads(database, table["lead_id"], column))


def _of_leads(database: Database, lead_ids: pa.ChunkedArray, column: str) -> pa.Array:
    """A column of the lead, or `extra.<name>`, for each of the leads."""
    parameters: dict[str, str] = {}
    if column.startswith(EXTRA_PREFIX):
        value, parameters = "extra ->> $name", {"name": column.removeprefix(EXTRA_PREFIX)}
    else:
        found = TABLES["lead"].column(column)
        value = f"epoch_us({column})" if found.type is ValueType.INSTANT else f"{column}::varchar"
    with database.read() as cursor:
        rows = cursor.execute(f"select lead_id, {value} from lead", parameters).fetchall()
    by_lead = dict(rows)
    values = [by_lead.get(lead_id) for lead_id in lead_ids.to_pylist()]
    if values and any(isinstance(one, int) for one in values):
        return pa.array([None if at is None else from_microseconds(at) for at in values], pa.timestamp("us", "UTC"))
    return pa.array(values, pa.string())
