"""Who is a customer as of an instant, for the core: one instant a lead."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import UNKNOWN, Instants
from lib.core.handoffs.customers import no_customers
from lib.core.time.clock import from_microseconds
from lib.store.database import Readable
from lib.store.handoffs import cycles
from lib.store.statements import statement


def load_customers(database: Readable, lead_id: pa.Array, as_of: int) -> Instants:
    """Since when each lead is a customer as of an instant (microseconds), NEVER for who is none; in the ids' order."""
    with database.read() as cursor:
        return customers_in(cursor, lead_id, as_of)


def customers_in(cursor: duckdb.DuckDBPyConnection, lead_id: pa.Array, as_of: int) -> Instants:
    """The same, as a transaction under way sees it."""
    leads_then = cycles.as_of(cursor, from_microseconds(as_of).replace(tzinfo=None)).leads
    rows: pa.Table = cursor.sql(statement("handoffs/customers", leads=leads_then)).to_arrow_table()
    since = no_customers(len(lead_id))
    # The fewer ids are looked among, the faster.
    place = pc.index_in(lead_id, value_set=rows["lead_id"]).fill_null(UNKNOWN).to_numpy()
    leads = np.flatnonzero(place != UNKNOWN)
    since[leads] = rows["since"].to_numpy()[place[leads]]
    return since
