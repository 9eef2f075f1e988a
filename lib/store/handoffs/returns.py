"""When leads came back from sales, for the core."""

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import UNKNOWN
from lib.core.folding import fold
from lib.core.replay.afresh import Returns
from lib.core.time.clock import from_microseconds
from lib.store.database import Readable
from lib.store.handoffs import cycles
from lib.store.statements import statement


def load_returns(database: Readable, lead_id: pa.Array, as_of: int, recycling: Collection[str]) -> Returns:
    """Every return as of an instant (microseconds) of leads in the order of their ids (n,).

    `recycling` are the coded reasons that send a rejected lead back to nurturing.
    """
    instant = from_microseconds(as_of).replace(tzinfo=None)
    with database.read() as cursor:
        query = statement("handoffs/returns", cycles=cycles.as_of(cursor, instant).cycles)
        rows: pa.Table = cursor.sql(query, params={"recycling": list(map(fold, recycling))}).to_arrow_table()
    returned = rows["lead_id"].combine_chunks().dictionary_encode()
    # The fewer ids are looked among, the faster: the leads among those that came back, not the other way round.
    place = pc.index_in(lead_id, value_set=returned.dictionary).fill_null(UNKNOWN).to_numpy()
    row = np.zeros(len(returned.dictionary), dtype=np.int64)
    row[place[place != UNKNOWN]] = np.flatnonzero(place != UNKNOWN)
    lead, at = row[returned.indices.to_numpy()], rows["returned_at"].to_numpy().astype(np.int64)
    order = np.lexsort((at, lead))
    return Returns(lead[order], at[order])
