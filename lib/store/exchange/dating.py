"""Leads that their source gives no date: dated by their first event, or by the import."""

import duckdb

from lib.core.exchange.tables import TABLES
from lib.core.time.clock import from_microseconds
from lib.store.composing import named
from lib.store.database import holds
from lib.store.exchange.writing import write_rows
from lib.store.statements import statement

NO_EVENT_YET = "no created_at, no event to date it by, and no lead"
"""Why a lead waits that its first event will date."""


def begin_dating(cursor: duckdb.DuckDBPyConnection) -> None:
    """Makes what leads without a date are noted in."""
    cursor.execute("create or replace temp table lead_without_date (lead_id varchar)")
    cursor.execute("create or replace temp table dated_by_event (lead_id varchar)")
    cursor.execute("create or replace temp table spoken_of (lead_id varchar, spoken varchar[])")


def note_spoken(cursor: duckdb.DuckDBPyConnection, filled: tuple[str, ...]) -> None:
    """Notes which columns this import speaks of, of the leads of `batch` that wait since earlier ones."""
    cursor.execute(statement("exchange/spoken_of"), {"filled": list(filled)})


def leave_unspoken(cursor: duckdb.DuckDBPyConnection, filled: tuple[str, ...]) -> None:
    """Blanks in `batch`, rows that had waited of leads, what this import speaks of: blanks it says count too."""
    if not holds(cursor, "spoken_of"):
        return
    for column in filled:
        if column != "lead_id":
            given = {"column": column}
            cursor.execute(statement("exchange/leave_unspoken", column=named(column)), given)


def date_by_import(cursor: duckdb.DuckDBPyConnection, now: int) -> int:
    """Dates the new leads of `batch` that nothing else will by this import; how many."""
    cursor.execute(statement("exchange/leads_without_date"))
    given = {"now": from_microseconds(now).replace(tzinfo=None)}
    ((leads,),) = cursor.execute(statement("exchange/date_by_import"), given).fetchall()
    return int(leads)


def find_dated(cursor: duckdb.DuckDBPyConnection) -> int:
    """Puts the leads that wait for an event, and have one by now, into `ready` with its date; how many."""
    given = {"reason": NO_EVENT_YET}
    if not cursor.execute(statement("exchange/is_any_undated"), given).fetchall():
        return 0
    cursor.execute(statement("exchange/undated_leads"), given)
    ((dated,),) = cursor.execute("insert into dated_by_event select key from ready").fetchall()
    return int(dated)


def dated_in_words(cursor: duckdb.DuckDBPyConnection, by_import: int) -> list[str]:
    """How many leads were dated by what."""
    ((by_event,),) = cursor.execute("select count(distinct lead_id) from dated_by_event").fetchall()
    told = ((by_event, "its first event", "their first event"), (by_import, "this import", "this import"))
    return [
        f"1 lead without a date is dated by {one}"
        if leads == 1
        else f"{leads:,} leads without a date are dated by {each}"
        for leads, one, each in told
        if leads
    ]


def date_again(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> None:
    """Gives leads that were dated by their first event the date of one that this import brought, and is earlier."""
    if not holds(cursor, "lead_without_date"):
        return
    cursor.execute(statement("exchange/dated_again"), {"run": run})
    if holds(cursor, "batch"):
        write_rows(cursor, TABLES["lead"], ("lead_id", "created_at"), run, fill_gaps=False, keep=keep)
    cursor.execute("drop table batch")
