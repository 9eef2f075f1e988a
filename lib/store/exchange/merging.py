"""Typed rows into their table: what is new, changed or the same, and what must wait for its lead."""

import duckdb

from lib.core.exchange.tables import CHANGE, FED, ImportTable
from lib.store.composing import Sql, all_of, listed, named, names, quoted, sql, whole
from lib.store.database import holds, insert
from lib.store.exchange.changes.histories import leave_known, note_twice, spell_as_known, take_over
from lib.store.exchange.changes.saying import BESIDE, complete_beside, keep_newest, note_said
from lib.store.exchange.dating import NO_EVENT_YET, find_dated, leave_unspoken, note_spoken
from lib.store.exchange.facts import (
    EVENTS,
    SAID_BESIDE,
    complete_batch,
    replace_waiting,
    state_facts,
    take_gone,
    tell_facts,
)
from lib.store.exchange.gone import mark_leads, take_gone_activities
from lib.store.exchange.replaced import clear_rejected
from lib.store.exchange.rows.staging import HASHED, SQL_TYPES
from lib.store.exchange.several import choose_of_several, has_column
from lib.store.exchange.writing import MERGED_LEAD, WrittenRows, write_rows
from lib.store.leads.erasing.leaving_out import leave_out_erased
from lib.store.statements import statement

_KEPT_BESIDE = {**SAID_BESIDE, "reading": sql("integer")}

MERGED_FROM = ("activity", "handoff_event")
"""The tables whose rows say under which id they came, where their lead is part of another."""


def merge(
    cursor: duckdb.DuckDBPyConnection,
    table: ImportTable,
    filled: tuple[str, ...],
    run: int,
    *,
    waited: bool = False,
    keep: bool = True,
) -> WrittenRows:
    """Merges the temporary table `batch` into `table`, by key.

    `batch` has `file_number`, `line` and the columns `filled` (with the key).
    What those hold replaces what was there, unknown values included; other
    columns stay. What has `waited` since earlier imports is older than what is
    there, and of a lead fills in what is unknown only. Events correct what
    they state otherwise. Rows whose lead is unknown, and events whose id exists with
    other content, become rejected rows of this run. With `keep`, what is replaced
    is kept for the import to be taken back.
    """
    if table.name == EVENTS:
        complete_batch(cursor)
    brought = _resolve_aliases(cursor, table, waited=waited)
    leave_out_erased(cursor, table.name, table.names, run)
    has_merged = holds(cursor, "merged_lead")
    taken_away = WrittenRows()
    if table.name == "lead":
        complete_beside(cursor)
    if table.name == "lead" and not waited:
        note_spoken(cursor, filled)
        _stop_waiting_of_leads(cursor, (*filled, *BESIDE), run, keep=keep)
        taken_away = mark_leads(cursor)
    of_merged = _part_merged_leads(cursor) if has_merged and table.name == "lead" else False
    given = tuple(name for name in filled if table.name != "lead" or name not in BESIDE)
    if has_merged and table.name in MERGED_FROM:
        _follow_merges(cursor)
        given = (*filled, "merged_from")
    if table.name == EVENTS:
        tell_facts(cursor)
    passed_over = 0 if waited else choose_of_several(cursor, table)
    if table.name == EVENTS:
        stated = _merge_events(cursor, table, filled, run, waited=waited, keep=keep)
        return brought + stated + WrittenRows(same=passed_over)
    if table.name == "activity" and not waited:
        taken_away = take_gone_activities(cursor, run, keep=keep)
    _set_orphans_aside(cursor, table, filled if table.name != "lead" else (*given, *BESIDE), run)
    if table is CHANGE:
        spell_as_known(cursor)
        passed_over += leave_known(cursor) if waited else 0
    repeated = passed_over + _keep_last(cursor, table, filled, run)
    if table is CHANGE:
        take_over(cursor, run, keep=keep)
    merged = write_rows(cursor, table, given, run, fill_gaps=waited, keep=keep)
    _stop_waiting(cursor, table, run, keep=keep)
    if table.name == "lead":
        note_said(cursor, run, keep=keep)
    if of_merged:
        _make_batch(cursor, "batch_of_merged")
        repeated += _keep_last(cursor, MERGED_LEAD, filled, run)
        merged += write_rows(cursor, MERGED_LEAD, given, run, fill_gaps=waited, keep=keep)
        note_said(cursor, run, keep=keep)
    return brought + merged + taken_away + WrittenRows(same=repeated)


def _merge_events(
    cursor: duckdb.DuckDBPyConnection,
    table: ImportTable,
    filled: tuple[str, ...],
    run: int,
    *,
    waited: bool,
    keep: bool,
) -> WrittenRows:
    taken_away = take_gone(cursor, run, keep=keep)
    kept = tuple(dict.fromkeys((*filled, *SAID_BESIDE)))
    _set_orphans_aside(cursor, table, kept, run)
    replace_waiting(cursor, run, keep=keep)
    stated = state_facts(cursor, filled, _row(kept), run, waited=waited)
    _stop_waiting(cursor, table, run, keep=keep)
    return taken_away + stated


def retry_orphans(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool = True) -> dict[str, WrittenRows]:
    """Loads every waiting row whose lead is known by now; how many by table."""
    merged: dict[str, WrittenRows] = {}
    # An alias that is loaded may be what other rows wait for.
    while loaded := _retry(cursor, run, keep=keep):
        for name, counts in loaded.items():
            merged[name] = merged.get(name, WrittenRows()) + counts
    return merged


def _retry(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> dict[str, WrittenRows]:
    """Loads every lead that an event dates by now, and every row whose lead, or an alias it named, is known by now."""
    waiting = cursor.execute("select count(*) from rejected_row where kind = 'orphan'").fetchall()[0][0]
    if not waiting:
        return {}
    if not find_dated(cursor):
        cursor.execute(statement("exchange/ready_rows"))
    if not holds(cursor, "ready"):
        return {}
    clear_rejected(cursor, run, sql("rowid in (select waiting_row from ready)"), keep=keep)
    cursor.execute(statement("exchange/files_of_ready"))
    groups = cursor.execute("select distinct table_name, json_keys(row) from ready").fetchall()
    merged: dict[str, WrittenRows] = {}
    for name, table in FED.items():
        for filled in sorted(tuple(keys) for group, keys in groups if group == name):
            columns = listed(_waiting_value(table, column) for column in filled)
            given = {"table": name, "filled": list(filled), "run": run}
            cursor.execute(statement("exchange/batch_of_ready", columns=columns), given)
            if name == "lead":
                leave_unspoken(cursor, filled)
            merged[name] = merged.get(name, WrittenRows()) + merge(cursor, table, filled, run, waited=True, keep=keep)
    return merged


def _waiting_value(table: ImportTable, column: str) -> Sql:
    """SQL for a column of a row that waited, as it was typed."""
    key, kind = quoted(column), _KEPT_BESIDE.get(column) or SQL_TYPES[table.column(column).type]
    return sql("cast(row ->> {key} as {kind}) as {name}", key=key, kind=kind, name=named(column))


def _make_batch(cursor: duckdb.DuckDBPyConnection, other: str) -> None:
    """Puts another temporary table in the place of `batch`."""
    cursor.execute("drop table batch")
    cursor.execute(sql("alter table {other} rename to batch", other=named(other)))


def _part_merged_leads(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Puts the rows of `batch` about leads that are part of another into `batch_of_merged`; whether there are any."""
    cursor.execute(statement("exchange/batch_of_merged"))
    if holds(cursor, "batch_of_merged"):
        cursor.execute("delete from batch where lead_id in (select lead_id from batch_of_merged)")
        return True
    cursor.execute("drop table batch_of_merged")
    return False


def _follow_merges(cursor: duckdb.DuckDBPyConnection) -> None:
    """Gives the rows of `batch` about a lead that is part of another that other one, and says from which they came."""
    cursor.execute(statement("exchange/batch_of_kept"))
    _make_batch(cursor, "of_kept")


def _resolve_aliases(cursor: duckdb.DuckDBPyConnection, table: ImportTable, *, waited: bool) -> WrittenRows:
    """Gives the rows of `batch` that name a lead by an alias that lead; how many more they are by that, and how many
    of them are earlier imports'.

    Where several go by it, an activity is done by each, under an id of its own, a field changed of each, and anything
    else belongs to the one created first, so that nothing is counted twice.
    """
    here, _ = _rows_of_batch(cursor, waited=waited)
    if "lead_id" in table.names and holds(cursor, "lead_alias"):
        _name_leads(cursor, table)
    by_lead, waiting = _rows_of_batch(cursor, waited=waited)
    return WrittenRows(shared=by_lead - here, waited=waiting)


def _rows_of_batch(cursor: duckdb.DuckDBPyConnection, *, waited: bool) -> tuple[int, int]:
    """How many rows of `batch` this import read, and how many had waited since earlier ones."""
    earlier = sql("from_earlier") if waited else sql("false")
    counted = sql(
        "select count(*) filter (where not {earlier}), count(*) filter (where {earlier}) from batch", earlier=earlier
    )
    ((here, before),) = cursor.execute(counted).fetchall()
    return int(here), int(before)


def _name_leads(cursor: duckdb.DuckDBPyConnection, table: ImportTable) -> None:
    once = sql("partition by batch.rowid order by lead.created_at, lead.lead_id")
    changed = [sql("coalesce(resolved.lead_id, batch.lead_id) as lead_id")]
    if table.name in ("activity", CHANGE.name):
        # Once for each person, under the id of the lead that is kept where the person has several.
        once = sql("partition by batch.rowid, person order by lead.lead_id <> person, lead.created_at, lead.lead_id")
    if table.name == "activity":
        changed.append(sql("coalesce(activity_id || '@' || resolved.lead_id, activity_id) as activity_id"))
    elif table.name == EVENTS:
        changed.append(sql("resolved.lead_id is not null as by_alias"))
    cursor.execute(statement("exchange/resolved_aliases", once=once))
    if not holds(cursor, "resolved"):
        return
    cursor.execute(statement("exchange/batch_of_leads", changed=listed(changed)))
    _make_batch(cursor, "of_leads")


NO_LEAD = sql("lead_id not in (select lead_id from lead)")
NO_LEAD_EVER = sql("{no_lead} and lead_id not in (select lead_id from merged_lead)", no_lead=NO_LEAD)
UNDATED = sql("lead_id not in (select lead_id from batch where created_at is not null)")


def _set_orphans_aside(
    cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...], run: int
) -> None:
    if table.name == "lead":
        orphan = all_of([NO_LEAD, UNDATED]) if "created_at" in filled else NO_LEAD
        reason = "no created_at, and no lead"
        if has_column(cursor, "undated"):
            _set_aside(cursor, table, filled, run, all_of([orphan, sql("undated is not null")]), NO_EVENT_YET)
    elif "lead_id" in table.names:
        orphan, reason = NO_LEAD_EVER, "no lead"
    else:
        return
    _set_aside(cursor, table, filled, run, orphan, reason)


def _set_aside(
    cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...], run: int, orphan: Sql, reason: str
) -> None:
    orphans = statement("exchange/orphans", row=_row(filled), key=named(table.key[0]), orphan=orphan)
    if insert(cursor, named("rejected_row"), orphans, {"run": run, "table": table.name, "reason": reason}):
        cursor.execute(sql("delete from batch where {orphan}", orphan=orphan))


def _row(filled: tuple[str, ...]) -> Sql:
    """SQL for a row of `batch` as a JSON object of texts."""
    pairs = listed(
        sql("{key}, cast({value} as varchar)", key=quoted(column), value=named("batch", column)) for column in filled
    )
    return sql("json_object({pairs})", pairs=pairs)


def _keep_last(cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...], run: int) -> int:
    """Removes from `batch` every row that a later one of the same key replaces; how many."""
    key = names(table.key)
    if not _repeats(cursor, key):
        return 0
    if table.key == MERGED_LEAD.key:
        if "created_at" in filled:
            # A later row without a date keeps the date the lead was given before it.
            cursor.execute(statement("exchange/keep_dates_of_batch"))
        return keep_newest(cursor, filled)
    if table is CHANGE:
        note_twice(cursor, run, _row(filled))
    removed: int = cursor.execute(statement("exchange/keep_last_of_batch", key=key)).fetchall()[0][0]
    return removed


def _repeats(cursor: duckdb.DuckDBPyConnection, key: Sql) -> bool:
    repeated = sql("select 1 from batch group by {key} having count(*) > 1 limit 1", key=key)
    return bool(cursor.execute(repeated).fetchall())


def _stop_waiting_of_leads(cursor: duckdb.DuckDBPyConnection, filled: tuple[str, ...], run: int, *, keep: bool) -> None:
    """What waited of a lead for its first date, and is said anew in every column, waits no more: blanks count too."""
    spoken = sql("list_has_all([{filled}], json_keys(row))", filled=listed(map(quoted, filled)))
    waited = sql("kind = 'orphan' and table_name = 'lead' and run < {run}", run=whole(run))
    clear_rejected(cursor, run, all_of([waited, spoken, sql("key in (select lead_id from batch)")]), keep=keep)


def _stop_waiting(cursor: duckdb.DuckDBPyConnection, table: ImportTable, run: int, *, keep: bool) -> None:
    """What waited under a key that has now been loaded waits no more."""
    if table.key[0] in HASHED:
        waited = sql(
            "kind = 'orphan' and table_name = {table} and run < {run}", table=quoted(table.name), run=whole(run)
        )
        loaded = sql("key in (select {key} from batch)", key=named(table.key[0]))
        clear_rejected(cursor, run, all_of([waited, loaded]), keep=keep)
