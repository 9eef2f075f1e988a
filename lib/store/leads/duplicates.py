"""Leads that may be one person: found, merged by a person into one, and parted again."""

from collections.abc import Mapping, Sequence

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.agreement.audit import salt
from lib.core.errors import Fault
from lib.core.leads.duplicates import Duplicates, Known, Merge, MergeRefused, Pair, alike
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import after_the_last, note
from lib.store.composing import named, sql
from lib.store.database import Database
from lib.store.exchange.files.data_file import Progress
from lib.store.handoffs.cycles import keep_cycles
from lib.store.statements import statement

PAIRS_KEPT = 5_000

LARGEST_BLOCK = 200
"""Leads of one company whose surnames begin alike; more are most likely no duplicates, and cost their square."""

BLOCKS_AT_ONCE = 2_000


def find_duplicates(database: Database, progress: Progress | None = None) -> Duplicates:
    """Pairs of leads that may be one person, by e-mail first, then by name and company; no pair twice."""
    tell = progress or (lambda _doing, _share: None)
    tell("Comparing e-mail addresses", 0.0)
    with database.read() as cursor:
        found = cursor.execute(statement("leads/same_email"), {"most": PAIRS_KEPT}).fetchall()
        pairs = [Pair(first, second, 100.0, why) for first, second, why in found]
        tell("Sorting names and companies", 0.2)
        blocks = cursor.execute(statement("leads/name_blocks"), {"largest": LARGEST_BLOCK})
        seen = {(pair.first, pair.second) for pair in pairs}
        by_name: list[Pair] = []
        done = not_compared = 0
        while rows := blocks.fetchmany(BLOCKS_AT_ONCE):
            for members, leads, _ in rows:
                not_compared += 0 if members else leads
                alikes = alike([Known(**lead) for lead in members]) if members else []
                by_name += [pair for pair in alikes if (pair.first, pair.second) not in seen]
            if len(by_name) > 4 * PAIRS_KEPT:
                # However many there are, no more are held than are needed.
                by_name = sorted(by_name, key=_best_first)[:PAIRS_KEPT]
            done += len(rows)
            tell("Comparing names and companies", 0.3 + 0.7 * done / rows[0][2])
    return Duplicates((*pairs, *sorted(by_name, key=_best_first)[:PAIRS_KEPT]), not_compared)


def _best_first(pair: Pair) -> tuple[float, str, str]:
    return (-pair.likeness, pair.first, pair.second)


def merges(database: Database) -> list[Merge]:
    """The merges that stand, the newest first."""
    with database.cursor() as cursor:
        return [Merge(*row) for row in cursor.execute(statement("leads/merges")).fetchall()]


def merge_leads(database: Database, kept: str, gone: str, now: int, by: Grant) -> int:
    """Makes the lead `gone` part of the lead `kept`, in one transaction; the number of the merge.

    The fields of `kept` stand; the activities and events of both are its own from
    here on, also those that imports bring under the id of `gone`. Raises
    MergeRefused where one of them is not there, or `gone` has others merged into it.
    """
    with database.write(by, Right.MERGE) as cursor:
        _refuse_unless_there(cursor, kept, gone)
        now = after_the_last(cursor, now)
        merge = make_one(cursor, {gone: kept}, now, by.name)
        _derive_anew(cursor, kept, gone)
        note(cursor, now, by, "merged", {"merge": merge, "kept": kept, "gone": gone, "salt": salt()})
    return merge


def make_one(cursor: duckdb.DuckDBPyConnection, kept_of: Mapping[str, str], now: int, who: str) -> int:
    """Makes each lead in `kept_of` part of the one it is paired with, neither part of another; the number of the last
    merge. The cycles of both are the caller's to have derived anew."""
    cursor.execute("create or replace temp table merge_now (gone varchar, kept varchar)")
    cursor.executemany("insert into merge_now values (?, ?)", [list(pair) for pair in kept_of.items()])
    at = from_microseconds(now).replace(tzinfo=None)
    cursor.execute(statement("leads/note_merges"), {"at": at, "who": who})
    cursor.execute(statement("leads/make_one"))
    (merge,) = cursor.execute("select max(merge) from lead_merge").fetchall()[0]
    return int(merge)


def unmerge_leads(database: Database, gone: str, now: int, by: Grant) -> Merge:
    """Parts the lead `gone` from the one it is part of: it has again what came under its id, before the merge or since.

    What people wrote since about the lead that was kept stays with that. Raises
    MergeRefused where `gone` is part of no other lead.
    """
    with database.write(by, Right.MERGE) as cursor:
        merge = next((one for one in standing_merges(cursor) if one.gone == gone), None)
        if merge is None:
            raise MergeRefused(Fault(f"lead {gone}", "is part of no other lead", "See which are with `duplicates`."))
        now = after_the_last(cursor, now)
        part(cursor, [merge], now, by.name)
        _derive_anew(cursor, merge.kept, gone)
        note(cursor, now, by, "unmerged", {"merge": merge.merge})
    return merge


def part(cursor: duckdb.DuckDBPyConnection, standing: Sequence[Merge], now: int, who: str) -> None:
    """Parts what these merges made one. The cycles of both are the caller's to have derived anew."""
    given = {"gone": [one.gone for one in standing]}
    parted = sql("merged_lead where list_contains($gone, lead_id)")
    cursor.execute(sql("insert into lead by name select * exclude (merged_into) from {parted}", parted=parted), given)
    cursor.execute(sql("delete from {parted}", parted=parted), given)
    for table in ("activity", "handoff_event"):
        cursor.execute(statement("leads/part_rows", table=named(table)), given)
    at = from_microseconds(now).replace(tzinfo=None)
    cursor.executemany("insert into lead_unmerge values (?, ?, ?)", [[one.merge, at, who] for one in standing])


def standing_merges(cursor: duckdb.DuckDBPyConnection) -> list[Merge]:
    """The merges that stand, the newest first."""
    return [Merge(*row) for row in cursor.execute(statement("leads/merges")).fetchall()]


def _refuse_unless_there(cursor: duckdb.DuckDBPyConnection, kept: str, gone: str) -> None:
    if kept == gone:
        raise MergeRefused(Fault(f"lead {kept}", "is one lead already", "Name two leads."))
    part_of = {one.gone: one.kept for one in standing_merges(cursor)}
    for lead_id in (kept, gone):
        if lead_id in part_of:
            what = f"is part of lead {part_of[lead_id]} already"
            raise MergeRefused(Fault(f"lead {lead_id}", what, f"Name {part_of[lead_id]}, or part them first."))
        if not cursor.execute("select 1 from lead where lead_id = $lead_id", {"lead_id": lead_id}).fetchall():
            raise MergeRefused(Fault(f"lead {lead_id}", "there is no such lead", "Check the id."))
    if gone in part_of.values():
        what = "has others merged into it"
        raise MergeRefused(Fault(f"lead {gone}", what, f"Merge {kept} into {gone} instead, or part the others first."))


def _derive_anew(cursor: duckdb.DuckDBPyConnection, *lead_ids: str) -> None:
    for kept in ("kept_cycle", "kept_lead"):
        forget = sql("delete from {kept} where list_contains($lead_ids, lead_id)", kept=named(kept))
        cursor.execute(forget, {"lead_ids": list(lead_ids)})
    keep_cycles(cursor)
