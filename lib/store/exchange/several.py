"""Of several rows about one thing, the earliest or the latest: in one import, and beside what stands."""

import duckdb

from lib.core.exchange.tables import ImportTable
from lib.store.composing import named, sql
from lib.store.statements import statement

OWN_ID = sql("coalesce(ends_with(fact, ': ' || event_id), false)")


def choose_of_several(cursor: duckdb.DuckDBPyConnection, table: ImportTable) -> int:
    """Removes from `batch` the rows of which another one counts; how many. All rows of a lead get its earliest date."""
    if not has_column(cursor, "of_several"):
        return 0
    if table.name == "lead":
        cursor.execute(statement("exchange/earliest_dates_of_batch"))
        return 0
    if table.name == "activity":
        thing, same_thing = sql("activity_id"), sql("standing.activity_id = batch.activity_id")
    else:
        # An id of its own is one thing, whatever the lead and kind.
        thing = sql("fact, if({own_id}, '', lead_id), if({own_id}, '', kind)", own_id=OWN_ID)
        same_thing = sql(
            "standing.fact = batch.fact and (standing.event_id = batch.event_id or "
            "(standing.lead_id = batch.lead_id and standing.kind = batch.kind))"
        )
    chosen = statement(
        "exchange/choose_of_several",
        thing=thing,
        table=named(table.name),
        same_thing=same_thing,
    )
    ((removed,),) = cursor.execute(chosen).fetchall()
    return int(removed)


def has_column(cursor: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether `batch` has a column of that name."""
    found = cursor.execute("select count(*) from (describe batch) where column_name = ?", [column]).fetchall()
    return bool(found[0][0])
