"""Ids of owners that are nobody, as the configuration says; and whatever is kept, kept by them."""

from collections.abc import Collection

import duckdb

from lib.store.database import Database
from lib.store.handoffs.cycles import AT_THE_END, cycles_are_kept, keep_cycles


def settle(database: Database, queues: Collection[str]) -> None:
    """Makes these the configured queues, and keeps the cycles of all leads that are not kept, or not by these.

    Nothing is written where all is so already; what a mapping said of queues stays.
    """
    with database.cursor() as cursor:
        found = cursor.execute("select queue_id from queue where run is null").fetchall()
        same, kept = {queue for (queue,) in found} == set(queues), cycles_are_kept(cursor, AT_THE_END)
    if same and kept:
        return
    with database.maintain() as cursor:
        if not same:
            cursor.execute("delete from queue where run is null")
            for queue in sorted(queues):
                cursor.execute("insert into queue values ($queue, null)", {"queue": queue})
            forget_all_cycles(cursor)
        keep_cycles(cursor)


def forget_all_cycles(cursor: duckdb.DuckDBPyConnection) -> None:
    """Has the cycles of every lead kept anew: other owners are nobody now."""
    cursor.execute("delete from kept_lead")
