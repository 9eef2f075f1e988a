"""A person's own rows, in every table that has some: what figures count stays under a new id, everything else goes."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from lib.core.handoffs.answered import ANSWER_PREFIX
from lib.core.leads.erasing import detail_kept, fact_kept, new_event_ids
from lib.store.composing import Sql, listed, named, same, sql
from lib.store.handoffs.cycles import keep_cycles
from lib.store.handoffs.decisions import UNDONE
from lib.store.leads.erasing.lots import token
from lib.store.statements import statement

LEADS = ("lead", "replaced_lead", "merged_lead", "replaced_merged_lead")
ACTIVITIES = ("activity", "replaced_activity")
EVENTS = ("handoff_event", "corrected_event")
CHANGES = ("lead_change", "replaced_lead_change", "recorded_change", "replaced_recorded_change")
FORGOTTEN = ("lead_alias", "lead_said", "replaced_lead_said")
DERIVED = ("kept_cycle", "kept_lead")

STAYS_OF_LEAD = {"lead_id", "created_at", "merged_into", "run", "extra"}
STAYS_OF_ACTIVITY = {"activity_id", "lead_id", "merged_from", "kind"}
STAYS_OF_EVENT = {"event_id", "lead_id", "merged_from", "kind", "actor", "reason", "detail", "fact", "why"}
"""Beside what is no text. All else of an own row is blanked, columns that later versions add included."""

OF_ERASED = sql("lead_id in (select old from erased_lead)")


@dataclass(frozen=True)
class Renamed:
    """New ids by the old ones, and how many rows there were of what."""

    leads: Mapping[str, str]
    events: Mapping[str, str]
    hand_offs: int
    open_hand_offs: int
    activities: int
    changes: int


def erase_rows(cursor: duckdb.DuckDBPyConnection, leads: Mapping[str, str], fields: Collection[str]) -> Renamed:
    """Takes out of the rows of leads, each given with its new id, all but what is counted and the `fields` that stay.

    `erased_lead`, `erased_event` and `erased_activity` (old, new) stay behind as temporary tables.
    """
    _pair(cursor, "erased_lead", leads)
    events = _rename_events(cursor, leads)
    cursor.execute(statement("leads/erasing/activities_of_person"), {"prefix": f"erased-{token()}-"})
    activities = [_rename_activities(cursor, table) for table in ACTIVITIES]
    for table in LEADS:
        _blank_leads(cursor, table, fields)
    changes = [_forget_changes(cursor, table, fields) for table in CHANGES]
    for table in (*FORGOTTEN, *DERIVED):
        cursor.execute(sql("delete from {table} where {erased}", table=named(table), erased=OF_ERASED))
    for column in ("kept", "gone"):
        renamed = sql("update lead_merge set {name} = erased_lead.new from erased_lead", name=named(column))
        cursor.execute(
            sql("{renamed} where {name} = erased_lead.old", renamed=renamed, name=named("lead_merge", column))
        )
    keep_cycles(cursor)
    ((hand_offs, still_open),) = cursor.execute(statement("leads/erasing/hand_offs_of_person")).fetchall()
    return Renamed(leads, events, int(hand_offs), int(still_open), activities[0], changes[0])


def _pair(cursor: duckdb.DuckDBPyConnection, table: str, ids: Mapping[str, str]) -> None:
    cursor.execute(sql("create or replace temp table {table} (old varchar, new varchar)", table=named(table)))
    if ids:
        cursor.executemany(
            sql("insert into {table} values (?, ?)", table=named(table)), [list(one) for one in ids.items()]
        )


def _blank_leads(cursor: duckdb.DuckDBPyConnection, table: str, fields: Collection[str]) -> None:
    custom = [field.removeprefix("extra.") for field in fields if field.startswith("extra.")]
    held = sql("select rowid, extra::varchar from {table} where {erased}", table=named(table), erased=OF_ERASED)
    for row, extra in cursor.execute(held).fetchall():
        rest = {name: value for name, value in json.loads(extra or "{}").items() if name in custom}
        stays = sql("update {table} set extra = $extra where rowid = $row", table=named(table))
        cursor.execute(stays, {"extra": json.dumps(rest, ensure_ascii=False) if rest else None, "row": row})
    blanked = [name for name, _ in _columns(cursor, table) if name not in STAYS_OF_LEAD and name not in fields]
    moved = [sql("merged_into = (select new from erased_lead where old = merged_into)")] if "merged" in table else []
    sets = listed([sql("lead_id = erased_lead.new"), *moved, *map(_nothing, blanked)])
    written = sql("update {table} set {sets} from erased_lead where", table=named(table), sets=sets)
    whose = same(named(table, "lead_id"), sql("erased_lead.old"))
    cursor.execute(sql("{written} {whose}", written=written, whose=whose))


def _rename_activities(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    blanked = [name for name, is_text in _columns(cursor, table) if is_text and name not in STAYS_OF_ACTIVITY]
    renamed = statement("leads/erasing/rename_activities", table=named(table), blanks=listed(map(_nothing, blanked)))
    ((rows,),) = cursor.execute(renamed).fetchall()
    return int(rows)


def _rename_events(cursor: duckdb.DuckDBPyConnection, leads: Mapping[str, str]) -> dict[str, str]:
    rows = {
        table: cursor.execute(statement("leads/erasing/rows_of_events", table=named(table))).fetchall()
        for table in EVENTS
    }
    every = [row for of in rows.values() for row in of]
    events = new_event_ids({event_id for _, event_id, *_ in every}, token(), ANSWER_PREFIX, UNDONE)
    facts = {fact: token() for *_, fact, _ in every if fact is not None}
    _pair(cursor, "erased_event", events)
    for table, of in rows.items():
        blanked = [name for name, is_text in _columns(cursor, table) if is_text and name not in STAYS_OF_EVENT]
        sets = listed(
            [
                *(
                    sql("{name} = ?", name=named(name))
                    for name in ("event_id", "lead_id", "merged_from", "fact", "detail")
                ),
                *map(_nothing, blanked),
            ]
        )
        written = sql("update {table} set {sets} where rowid = ?", table=named(table), sets=sets)
        for row, event_id, lead_id, merged_from, fact, detail in of:
            renamed = events[event_id], leads[lead_id], leads.get(merged_from)
            said = fact_kept(fact, detail, facts.get(fact, "")), detail_kept(detail, events, leads)
            cursor.execute(written, [*renamed, *said, row])
    return events


def _forget_changes(cursor: duckdb.DuckDBPyConnection, table: str, fields: Collection[str]) -> int:
    of = sql(
        "delete from {table} where {erased} and not list_contains($fields, field)", table=named(table), erased=OF_ERASED
    )
    ((forgotten,),) = cursor.execute(of, {"fields": list(fields)}).fetchall()
    kept = sql("update {table} set lead_id = erased_lead.new from erased_lead", table=named(table))
    whose = same(named(table, "lead_id"), sql("erased_lead.old"))
    cursor.execute(sql("{kept} where {whose}", kept=kept, whose=whose))
    return int(forgotten)


def _nothing(column: str) -> Sql:
    return sql("{name} = null", name=named(column))


def _columns(cursor: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, bool]]:
    """The columns of a table, each with whether it holds texts."""
    found = cursor.execute("select column_name, data_type from duckdb_columns() where table_name = ?", [table])
    return [(name, kind in ("VARCHAR", "JSON")) for name, kind in found.fetchall()]
