"""Typed rows into their table: what is new, changed or the same, and what must wait for its lead."""

import duckdb

from lib.core.exchange.tables import FED, ImportTable
from lib.store.database import insert
from lib.store.exchange.replaced import clear_rejected
from lib.store.exchange.staging import HASHED, SQL_TYPES
from lib.store.exchange.writing import MERGED_LEAD, WrittenRows, write_rows

APPEND_ONLY = "handoff_event"


MERGED_FROM = ("activity", "handoff_event")
"""The tables whose rows say under which id they came, where their lead is part of another."""


def merge(
    cursor: duckdb.DuckDBPyConnection,
    table: ImportTable,
    filled: tuple[str, ...],
    run: int,
    *,
    fill_gaps: bool = False,
    keep: bool = True,
) -> WrittenRows:
    """Merges the temporary table `batch` into `table`, by key.

    `batch` has `file_number`, `line` and the columns `filled` (with the key).
    What those hold replaces what was there, unknown values included; other
    columns stay. With `fill_gaps`, only what is unknown of a lead is filled in:
    the row is older than what is there. Rows whose lead is unknown, and events whose id exists with
    other content, become rejected rows of this run. With `keep`, what is replaced
    is kept for the import to be taken back.
    """
    _resolve_aliases(cursor, table)
    has_merged = bool(cursor.execute("select 1 from merged_lead limit 1").fetchall())
    of_merged = _part_merged_leads(cursor) if has_merged and table.name == "lead" else False
    given = filled
    if has_merged and table.name in MERGED_FROM:
        _follow_merges(cursor)
        given = (*filled, "merged_from")
    _set_orphans_aside(cursor, table, filled, run)
    if table.name == APPEND_ONLY:
        repeated = _reject_other_content(cursor, table, given, run)
    else:
        repeated = _keep_last(cursor, table, filled)
    merged = write_rows(cursor, table, given, run, fill_gaps=fill_gaps, keep=keep)
    _stop_waiting(cursor, table, run, keep=keep)
    if of_merged:
        cursor.execute("drop table batch")
        cursor.execute("alter table batch_of_merged rename to batch")
        repeated += _keep_last(cursor, MERGED_LEAD, filled)
        merged += write_rows(cursor, MERGED_LEAD, filled, run, fill_gaps=fill_gaps, keep=keep)
    return merged + WrittenRows(same=repeated)


def retry_orphans(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool = True) -> dict[str, WrittenRows]:
    """Loads every waiting row whose lead is known by now; how many by table."""
    merged: dict[str, WrittenRows] = {}
    # An alias that is loaded may be what other rows wait for.
    while loaded := _retry(cursor, run, keep=keep):
        for name, counts in loaded.items():
            merged[name] = merged.get(name, WrittenRows()) + counts
    return merged


def _retry(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> dict[str, WrittenRows]:
    """Loads every row whose lead, or an alias it named, is known by now; empty where there is none."""
    waiting = cursor.execute("select count(*) from rejected_row where kind = 'orphan'").fetchall()[0][0]
    if not waiting:
        return {}
    cursor.execute(
        """
        create or replace temp table ready as
        select rowid as waiting_row, file, line, table_name, key, row
        from rejected_row
        where
            kind = 'orphan'
            and (
                row ->> 'lead_id' in (select lead_id from lead)
                or row ->> 'lead_id' in (select lead_id from merged_lead)
                or row ->> 'lead_id' in (select alias from lead_alias join lead using (lead_id))
                or row ->> 'lead_id' in (select alias from lead_alias join merged_lead using (lead_id))
            )
        """
    )
    if not cursor.execute("select 1 from ready limit 1").fetchall():
        return {}
    clear_rejected(cursor, run, "rowid in (select waiting_row from ready)", keep=keep)
    cursor.execute(
        """
        create or replace temp table file_name as
        select row_number() over (order by waiting_row) as file_number, file, waiting_row from ready
        """
    )
    groups = cursor.execute("select distinct table_name, json_keys(row) from ready").fetchall()
    merged: dict[str, WrittenRows] = {}
    for name, table in FED.items():
        for filled in sorted(tuple(keys) for group, keys in groups if group == name):
            columns = ", ".join(
                f"cast(row ->> '{column}' as {SQL_TYPES[table.column(column).type]}) as {column}" for column in filled
            )
            cursor.execute(
                f"""
                create or replace temp table batch as
                select file_number, line, {columns}
                from ready join file_name using (waiting_row)
                where table_name = $table and json_keys(row) = $filled::varchar[]
                """,
                {"table": name, "filled": list(filled)},
            )
            merged[name] = merged.get(name, WrittenRows()) + merge(
                cursor, table, filled, run, fill_gaps=name == "lead", keep=keep
            )
    return merged


def _part_merged_leads(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Puts the rows of `batch` about leads that are part of another into `batch_of_merged`; whether there are any."""
    theirs = "lead_id in (select lead_id from merged_lead)"
    cursor.execute(f"create or replace temp table batch_of_merged as select * from batch where {theirs}")
    if cursor.execute("select 1 from batch_of_merged limit 1").fetchall():
        cursor.execute(f"delete from batch where {theirs}")
        return True
    cursor.execute("drop table batch_of_merged")
    return False


def _follow_merges(cursor: duckdb.DuckDBPyConnection) -> None:
    """Gives the rows of `batch` about a lead that is part of another that other one, and says from which they came."""
    cursor.execute(
        """
        create temp table of_kept as
        select
            batch.* replace (coalesce(merged_lead.merged_into, batch.lead_id) as lead_id),
            merged_lead.lead_id as merged_from
        from batch left join merged_lead on merged_lead.lead_id = batch.lead_id
        """
    )
    cursor.execute("drop table batch")
    cursor.execute("alter table of_kept rename to batch")


def _resolve_aliases(cursor: duckdb.DuckDBPyConnection, table: ImportTable) -> None:
    """Gives the rows of `batch` that name a lead by an alias that lead.

    Where several go by it, an activity is done by each, under an id of its own,
    and anything else belongs to the one created first, so that nothing is counted twice.
    """
    if "lead_id" not in table.names or not cursor.execute("select 1 from lead_alias limit 1").fetchall():
        return
    # An activity once for each person, under the id of the lead that is kept where the person has several.
    once = (
        "partition by batch.rowid, person order by lead.lead_id <> person, lead.created_at, lead.lead_id"
        if table.name == "activity"
        else "partition by batch.rowid order by lead.created_at, lead.lead_id"
    )
    cursor.execute(
        f"""
        create or replace temp table resolved as
        select batch.rowid as batch_row, lead.lead_id, lead.created_at
        from batch
        join lead_alias on lead_alias.alias = batch.lead_id
        join (
            select lead_id, created_at, lead_id as person from lead
            union all
            select lead_id, created_at, merged_into from merged_lead
        ) as lead on lead.lead_id = lead_alias.lead_id
        where
            batch.lead_id not in (select lead_id from lead)
            and batch.lead_id not in (select lead_id from merged_lead)
        qualify row_number() over ({once}) = 1
        """
    )
    if not cursor.execute("select 1 from resolved limit 1").fetchall():
        return
    own_id = ", coalesce(activity_id || '@' || resolved.lead_id, activity_id) as activity_id"
    cursor.execute(
        f"""
        create temp table of_leads as
        select batch.* replace (
            coalesce(resolved.lead_id, batch.lead_id) as lead_id
            {own_id if table.name == "activity" else ""}
        )
        from batch left join resolved on resolved.batch_row = batch.rowid
        """
    )
    cursor.execute("drop table batch")
    cursor.execute("alter table of_leads rename to batch")


def _set_orphans_aside(
    cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...], run: int
) -> None:
    if table.name == "lead":
        orphan = "lead_id not in (select lead_id from lead)"
        if "created_at" in filled:
            orphan += " and lead_id not in (select lead_id from batch where created_at is not null)"
        reason = "'no created_at, and no lead is called ''' || lead_id || ''' yet'"
    elif "lead_id" in table.names:
        orphan = "lead_id not in (select lead_id from lead) and lead_id not in (select lead_id from merged_lead)"
        reason = "'no lead is called ''' || lead_id || ''' yet'"
    else:
        return
    waiting = ", ".join(f"'{column}', cast({column} as varchar)" for column in filled)
    found = insert(
        cursor,
        "rejected_row",
        f"""
        select $run, file, line, '{table.name}', 'orphan', {reason}, 1, json_object({waiting}), {table.key[0]}
        from batch join file_name using (file_number)
        where {orphan}
        """,
        {"run": run},
    )
    if found:
        cursor.execute(f"delete from batch where {orphan}")


def _keep_last(cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...]) -> int:
    """Removes from `batch` every row that a later one of the same key replaces; how many."""
    key = ", ".join(table.key)
    if not _repeats(cursor, key):
        return 0
    if table.name == "lead" and "created_at" in filled:
        # A later row without a date keeps the date the lead was given before it.
        cursor.execute(
            """
            update batch set created_at = dated.created_at
            from (
                select lead_id, max_by(created_at, (file_number, line)) as created_at
                from batch where created_at is not null group by lead_id
            ) as dated
            where batch.lead_id = dated.lead_id and batch.created_at is null
            """
        )
    removed: int = cursor.execute(
        f"""
        delete from batch where rowid in (
            select rowid from (
                select
                    rowid,
                    row_number() over (partition by {key} order by file_number desc, line desc) as newest
                from batch
            )
            where newest > 1
        )
        """
    ).fetchall()[0][0]
    return removed


def _reject_other_content(
    cursor: duckdb.DuckDBPyConnection, table: ImportTable, filled: tuple[str, ...], run: int
) -> int:
    """Rejects events whose id is taken by another content, in `batch` or the table; how many repeat one of `batch`."""
    key = table.key[0]
    content = [column for column in filled if column != key]
    other = " or ".join(f"batch.{column} is distinct from stands.{column}" for column in content)
    repeated = 0
    if _repeats(cursor, key):
        cursor.execute(
            f"""
            create or replace temp table first_of_id as
            select * from batch
            qualify row_number() over (partition by {key} order by file_number, line) = 1
            """
        )
        later = "(batch.file_number, batch.line) <> (stands.file_number, stands.line)"
        _reject(cursor, table, filled, run, "first_of_id", f"{later} and ({other})")
        repeated = cursor.execute(
            f"delete from batch using first_of_id as stands where batch.{key} = stands.{key} and {later}"
        ).fetchall()[0][0]
    _reject(cursor, table, filled, run, table.name, other)
    return repeated


def _reject(
    cursor: duckdb.DuckDBPyConnection,
    table: ImportTable,
    filled: tuple[str, ...],
    run: int,
    standing: str,
    condition: str,
) -> None:
    """Rejects the rows of `batch` for which `condition` holds beside the row `stands` of the same id in `standing`."""
    key = table.key[0]
    row = ", ".join(f"'{column}', cast(batch.{column} as varchar)" for column in filled)
    same_id = f"batch.{key} = stands.{key} and ({condition})"
    insert(
        cursor,
        "rejected_row",
        f"""
        select
            $run, file, batch.line, '{table.name}', 'row',
            '{key} ''' || batch.{key} || ''' exists with other content', 1, json_object({row}), batch.{key}
        from batch join file_name using (file_number) join {standing} as stands on {same_id}
        """,
        {"run": run},
    )
    cursor.execute(f"delete from batch using {standing} as stands where {same_id}")


def _repeats(cursor: duckdb.DuckDBPyConnection, key: str) -> bool:
    sql = f"select 1 from batch group by {key} having count(*) > 1 limit 1"
    return bool(cursor.execute(sql).fetchall())


def _stop_waiting(cursor: duckdb.DuckDBPyConnection, table: ImportTable, run: int, *, keep: bool) -> None:
    """What waited under a key that has now been loaded waits no more."""
    if table.key[0] in HASHED:
        clear_rejected(
            cursor,
            run,
            f"kind = 'orphan' and table_name = '{table.name}' and run < {run:d}"
            f" and key in (select {table.key[0]} from batch)",
            keep=keep,
        )
