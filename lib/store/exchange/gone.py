"""What is gone at its source: leads deleted there, or merged into another one, and activities deleted there."""

import duckdb

from lib.store.composing import Sql, named, sql, whole
from lib.store.database import insert
from lib.store.exchange.replaced import replaced
from lib.store.exchange.writing import WrittenRows
from lib.store.leads.duplicates import make_one, part, standing_merges
from lib.store.statements import statement


def of_import(run: int) -> str:
    """In whose name an import merges leads."""
    return f"import {run}"


def begin_gone(cursor: duckdb.DuckDBPyConnection) -> None:
    """Makes what one import says of leads that may be gone."""
    cursor.execute(statement("exchange/lead_mark"))


def mark_leads(cursor: duckdb.DuckDBPyConnection) -> WrittenRows:
    """Notes which leads of `batch` are gone at their source and which are not, and takes the rows of the former: they
    are no data. What becomes of those, `withdraw_gone` counts."""
    cursor.execute("insert into lead_mark select lead_id, fact, gone, gone_at from batch where fact is not null")
    cursor.execute(statement("exchange/take_gone_rows"))
    return WrittenRows()


def withdraw_gone(cursor: duckdb.DuckDBPyConnection, run: int, now: int) -> WrittenRows:
    """Withdraws the leads that are gone at their source, and takes that back of those that are there again.

    A lead that is part of another one by now was not deleted, but merged.
    """
    cursor.execute(statement("exchange/leads_gone"))
    ((said,),) = cursor.execute("select count(*) from lead_mark where gone").fetchall()
    cursor.execute(statement("exchange/leads_back", run=whole(run)))
    withdrawn = statement("exchange/withdrawn_leads")
    columns = sql("handoff_event (event_id, lead_id, occurred_at, kind, detail, by_day, fact, stated_at, run)")
    deleted = insert(cursor, columns, withdrawn, {"run": run, "now": now})
    return WrittenRows(changed=deleted, same=int(said) - deleted, deleted=deleted)


def take_gone_activities(cursor: duckdb.DuckDBPyConnection, run: int, *, keep: bool) -> WrittenRows:
    """Takes the rows of `batch` that say of an activity that it is gone, and the activity with them.

    Of several rows about one activity the last counts.
    """
    replaced_rows = settle_gone(cursor, named("activity_id"), sql("null::timestamp"))
    cursor.execute("create or replace temp table gone_activity as select distinct activity_id from batch where gone")
    said: int = cursor.execute(statement("exchange/take_gone_rows")).fetchall()[0][0]
    if not said:
        return replaced_rows
    if keep:
        insert(cursor, replaced("activity"), statement("exchange/activities_going"), {"run": run})
    deleted: int = cursor.execute(statement("exchange/delete_gone_activities")).fetchall()[0][0]
    return replaced_rows + WrittenRows(changed=deleted, same=said - deleted, deleted=deleted)


def settle_gone(cursor: duckdb.DuckDBPyConnection, thing: Sql, stated_at: Sql) -> WrittenRows:
    """Leaves of the rows of `batch` about a thing that some say is gone those that count: the last dated, else said."""
    if not cursor.execute("select 1 from batch where gone limit 1").fetchall():
        return WrittenRows()
    settled = statement("exchange/settle_gone", thing=thing, stated_at=stated_at)
    return WrittenRows(same=int(cursor.execute(settled).fetchall()[0][0]))


def merge_declared(cursor: duckdb.DuckDBPyConnection, run: int, now: int) -> WrittenRows:
    """Merges the leads that `batch` says their source merged, in the import's name.

    Nothing becomes of a pair of which one is not there, that is one lead already, or that a person has parted.
    """
    rows: int = cursor.execute("select count(*) from batch").fetchall()[0][0]
    said = cursor.execute(statement("exchange/declared_merges")).fetchall()
    part_of = {one.gone: one for one in standing_merges(cursor)}
    kept_of = dict(said)

    def last(lead: str) -> str:
        """The lead that it is part of in the end: what was merged into it may be merged itself."""
        seen = {lead}
        while (into := kept_of.get(lead) or (part_of[lead].kept if lead in part_of else None)) and into not in seen:
            seen.add(into)
            lead = into
        return lead

    wanted = {gone: last(gone) for gone in kept_of}
    new = {gone: kept for gone, kept in wanted.items() if kept != gone and _differs(part_of.get(gone), kept)}
    # Those that were part of a lead merged now are part of the one that is kept.
    moved = {one.gone: last(one.kept) for one in part_of.values() if one.kept in new}
    parted = [part_of[gone] for gone in {**new, **moved} if gone in part_of]
    if parted:
        part(cursor, parted, now, of_import(run))
    there = {**moved, **new}
    if there:
        make_one(cursor, there, now, of_import(run))
        leads = [[lead] for pair in there.items() for lead in pair] + [[one.kept] for one in parted]
        _derive_anew(cursor, leads)
    return WrittenRows(new=len(new), same=rows - len(new))


def _differs(merge: object, kept: str) -> bool:
    return merge is None or getattr(merge, "kept", None) != kept


def _derive_anew(cursor: duckdb.DuckDBPyConnection, leads: list[list[str]]) -> None:
    cursor.executemany("insert into lead_of_facts values (?)", leads)


def part_merged(cursor: duckdb.DuckDBPyConnection, run: int, now: int) -> None:
    """Parts again what an import merged; what it had parted for that is one again."""
    who = of_import(run)
    standing = [one for one in standing_merges(cursor) if one.who == who]
    if not standing:
        return
    part(cursor, standing, now, f"{who} taken back")
    before = dict(cursor.execute(statement("exchange/parted_by_import"), {"who": who}).fetchall())
    if before:
        make_one(cursor, before, now, f"{who} taken back")
    leads = [[lead] for one in standing for lead in (one.kept, one.gone)] + [[kept] for kept in before.values()]
    _derive_anew(cursor, leads)
