"""The last import taken back: the data is exactly as it was before it, and the import stays in the list of them."""

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.errors import Fault, Refused
from lib.core.exchange.runs import Undone
from lib.core.exchange.tables import CHANGE, FED, MERGE, QUEUE
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import note
from lib.store.composing import all_of, named, same, sql
from lib.store.database import Database, insert
from lib.store.exchange.facts import EVENTS, begin_facts
from lib.store.exchange.gone import of_import, part_merged
from lib.store.exchange.replaced import REPLACED, SAID_OF_LEADS, begin, replaced
from lib.store.exchange.writing import MERGED_LEAD
from lib.store.handoffs.cycles import keep_cycles
from lib.store.handoffs.queues import forget_all_cycles
from lib.store.statements import statement

ACTIVITY = "activity"

DONE = (EVENTS, ACTIVITY)
"""The tables of what leads did, which a merge gives to another lead."""


class UndoRefused(Refused):
    """The last import cannot be taken back; nothing was changed."""


def undo_last_import(database: Database, now: int, by: Grant) -> Undone:
    """Takes the last import back, in one transaction; `now` in microseconds.

    The rows it brought go, those it changed hold what they held, and what had
    waited or been rejected before waits and is rejected again. Raises
    UndoRefused where there is no import to take back, or where something that
    people or other systems have written since rests on it.
    """
    with database.write(by, Right.IMPORT) as cursor:
        run = _undoable(cursor)
        _refuse_where_needed(cursor, run)
        begin_facts(cursor)
        cursor.execute(statement("exchange/leads_of_events"), {"run": run})
        # What leads did came after they were merged, and was kept as the lead's they were merged into.
        removed = {table: _remove(cursor, table, run) for table in DONE}
        restored = {ACTIVITY: _restore(cursor, ACTIVITY), EVENTS: _restore_events(cursor, run)}
        # As they were when they were merged, so that they part as they were.
        restored[MERGED_LEAD.name] = _restore(cursor, MERGED_LEAD.name)
        part_merged(cursor, run, now)
        cursor.execute("insert into lead_of_events from lead_of_facts")
        others = [table for table in reversed(list(FED)) if table not in (*DONE, MERGE.name)]
        recorded = cursor.execute("select count(*) from recorded_change where run = ?", [run]).fetchall()[0][0]
        removed |= {table: _remove(cursor, table, run) for table in others}
        # Those were no rows of its files.
        removed[CHANGE.name] -= recorded
        if removed[QUEUE.name]:
            forget_all_cycles(cursor)
        restored |= {table: _restore(cursor, table) for table in REPLACED if table not in restored}
        for table in SAID_OF_LEADS:
            _remove(cursor, table, run)
            _put_back(cursor, table)
        cursor.execute("delete from rejected_row where run = $run", {"run": run})
        _put_back(cursor, "rejected_row")
        cursor.execute(statement("exchange/forget_cycles_of_events"))
        keep_cycles(cursor)
        begin(cursor)
        cursor.execute(
            "update import_run set undone_at = $at, undone_by = $who where run = $run",
            {"at": from_microseconds(now).replace(tzinfo=None), "who": by.name, "run": run},
        )
        undone = Undone(
            run,
            {table: removed[table] for table in FED if removed.get(table)},
            {table: restored[table] for table in (*REPLACED, EVENTS) if restored[table]},
        )
        rows = sum(undone.removed.values()), sum(undone.restored.values())
        note(cursor, now, by, "import taken back", {"run": run, "removed": rows[0], "restored": rows[1]})
    return undone


def why_not(database: Database) -> Fault | None:
    """Why the last import cannot be taken back, None where it can."""
    with database.read() as cursor:
        try:
            _refuse_where_needed(cursor, _undoable(cursor))
        except UndoRefused as refused:
            return refused.faults[0]
    return None


def _undoable(cursor: duckdb.DuckDBPyConnection) -> int:
    found = cursor.execute("select run from import_run where undoable").fetchall()
    if not found:
        what = "there is no import that can be taken back"
        remedy = "Only the last one can, once. Import the right rows over the wrong ones, or restore a backup."
        raise UndoRefused(Fault("the last import", what, remedy))
    return int(found[0][0])


def _refuse_where_needed(cursor: duckdb.DuckDBPyConnection, run: int) -> None:
    given = {"run": run, "who": of_import(run)}
    merged = cursor.execute(statement("exchange/merged_since"), given).fetchall()
    if merged:
        what = f"lead {merged[0][0]} was merged, or parted again, since"
        remedy = "Import the right rows over the wrong ones instead, or restore a backup from before."
        raise UndoRefused(Fault(f"import {run}", what, remedy))
    needed = cursor.execute(statement("exchange/needs_import"), {"run": run}).fetchall()
    if needed:
        example, leads = needed[0]
        others = f" and {leads - 1:,} more" if leads > 1 else ""
        raise UndoRefused(
            Fault(
                f"import {run}",
                f"what was written since about lead {example}{others} rests on it",
                "Import the right rows over the wrong ones instead, or restore a backup from before.",
            )
        )


def _remove(cursor: duckdb.DuckDBPyConnection, table: str, run: int) -> int:
    deleted = cursor.execute(sql("delete from {table} where run = $run", table=named(table)), {"run": run}).fetchall()
    return int(deleted[0][0])


def _restore(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    names = MERGED_LEAD.key if table == MERGED_LEAD.name else FED[table].key
    key = all_of(same(named("replaced", name), named(table, name)) for name in names)
    there = sql("from {replaced} as replaced where {key}", replaced=replaced(table), key=key)
    cursor.execute(sql("delete from {table} where exists ({there})", table=named(table), there=there))
    return _put_back(cursor, table)


def _restore_events(cursor: duckdb.DuckDBPyConnection, run: int) -> int:
    """Puts the events back that the import had moved aside, and those as they were that it had noted something of."""
    cursor.execute("delete from corrected_event where run = $run", {"run": run})
    cursor.execute(statement("exchange/events_noted"), {"run": run})
    moved = sql("select count(*) from moved_event where not noted")
    ((restored,),) = cursor.execute(moved).fetchall()
    cursor.execute("delete from handoff_event where event_id in (select event_id from moved_event where noted)")
    insert(cursor, sql("handoff_event by name"), sql("select * exclude (noted) from moved_event"))
    cursor.execute("delete from corrected_event where corrected_by = $run", {"run": run})
    return int(restored)


def _put_back(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    return insert(cursor, named(table), sql("select * from {replaced}", replaced=replaced(table)))
