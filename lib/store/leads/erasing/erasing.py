"""A person erased in one transaction, and the file written anew: what they did to figures is counted on."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import duckdb

from lib.core.access.grants import Grant
from lib.core.access.rights import Right
from lib.core.agreement.audit import ERASED
from lib.core.errors import Fault, NotWritten
from lib.core.leads.erasing import EraseRefused, Erasure, fields_kept
from lib.store.agreement.audit import after_the_last, note
from lib.store.composing import named, sql
from lib.store.database import Database, Readable
from lib.store.leads.erasing import chain, leaving_out
from lib.store.leads.erasing.lots import new_lead_id
from lib.store.leads.erasing.mentions import agreements_naming, blank_mentions, forget_rejected
from lib.store.leads.erasing.own_rows import erase_rows
from lib.store.leads.erasing.person import Found, find_person
from lib.store.statements import statement


def erase(
    database: Database,
    lead_id: str,
    *,
    by: Grant,
    reason: str,
    now: int,
    asked_by_promises: Collection[str],
    dry_run: bool = False,
) -> Erasure:
    """Erases the person a lead is; `dry_run` says what would become of them. `now` in microseconds.

    Every figure of sections 5 and 6 of the design stays, the fields `asked_by_promises` with it but those that name
    somebody. Raises NotFound where there is no such lead, EraseRefused for a blank reason or where it was erased
    before, NotWritten with everything as before where the disk takes no more. Where the file cannot be written anew at
    once, the answer says why, and it is when the database is opened the next time.
    """
    if not reason.strip():
        raise EraseRefused(Fault(f"lead {lead_id}", "the reason is blank", "Say who asked for it, and by what right."))
    with database.rehearse() if dry_run else database.write(by, Right.OPERATE) as cursor:
        person = find_person(cursor, lead_id)
        erasure = _erase(cursor, person, by, reason.strip(), now, fields_kept(asked_by_promises))
    if dry_run:
        return erasure
    try:
        finish_erasing(database)
    except NotWritten as refused:
        # The person is erased; that the file is not written anew yet is part of the answer.
        return replace(erasure, not_yet=str(refused))
    return replace(erasure, written_anew=True)


def finish_erasing(database: Database) -> None:
    """Writes the file anew where somebody was erased since it last was. Raises NotWritten as that does."""
    with database.cursor() as cursor:
        due = cursor.execute("select 1 from erasure where not written_anew limit 1").fetchall()
    if due:
        database.write_anew()
        with database.maintain(data=False) as cursor:
            cursor.execute("update erasure set written_anew = true")


def people_erased(database: Readable) -> int:
    """How many people were erased."""
    with database.cursor() as cursor:
        ((people,),) = cursor.execute("select count(*) from erasure").fetchall()
    return int(people)


def _erase(
    cursor: duckdb.DuckDBPyConnection, person: Found, by: Grant, reason: str, now: int, fields: Sequence[str]
) -> Erasure:
    was, now = chain.as_it_was(cursor), after_the_last(cursor, now)
    _take_guards_away(cursor)
    leads = {lead_id: new_lead_id() for lead_id in person.ids}
    cursor.execute("create or replace temp table erased_lead (old varchar, new varchar)")
    cursor.executemany("insert into erased_lead values (?, ?)", [list(pair) for pair in leads.items()])
    routed_at = {at for (at,) in cursor.execute(statement("leads/erasing/instants_routed")).fetchall()}
    renamed = erase_rows(cursor, leads, fields)
    rejected = forget_rejected(cursor, person.known, person.aliases)
    texts = blank_mentions(cursor, person.known)
    entries = chain.take_from_chain(cursor, was, person.known, renamed, routed_at)
    said: dict[str, str | int] = {
        "erased": leads[person.ids[0]],
        "reason": person.known.blanked(reason),
        "ids": len(person.ids),
        "hand_offs": renamed.hand_offs,
        "events": len(renamed.events),
        "activities": renamed.activities,
        "changes": renamed.changes,
        "rejected": rejected,
        "texts": texts,
        "entries": entries,
    }
    cursor.execute(statement("leads/erasing/add_erasure"), {**said, "at": now, "who": by.name})
    leaving_out.note_names(cursor, [*person.ids, *person.aliases])
    for temporary in ("erased_lead", "erased_event", "erased_activity"):
        cursor.execute(sql("drop table {temporary}", temporary=named(temporary)))
    cursor.execute(statement("guards"))
    note(cursor, now, by, ERASED, said)
    return Erasure(
        erased=leads[person.ids[0]],
        ids=len(person.ids),
        hand_offs=renamed.hand_offs,
        open_hand_offs=renamed.open_hand_offs,
        events=len(renamed.events),
        activities=renamed.activities,
        changes=renamed.changes,
        rejected=rejected,
        texts=texts,
        entries=len(entries.split()),
        still_named=agreements_naming(cursor, person.known),
        alike=person.alike,
    )


def _take_guards_away(cursor: duckdb.DuckDBPyConnection) -> None:
    """What is only ever added to is written anew in this transaction, which puts the guards back."""
    for trigger, table in cursor.execute("select trigger_name, table_name from duckdb_triggers()").fetchall():
        cursor.execute(sql("drop trigger {trigger} on {table}", trigger=named(trigger), table=named(table)))
