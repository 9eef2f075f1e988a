"""The audit chain in the database: one entry a change, and the proof that chain, records and cycles hold."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import duckdb

from lib.core.access.grants import Grant
from lib.core.agreement.audit import (
    ERASED,
    PROVED,
    RESTORE,
    AuditBroken,
    Detail,
    Entry,
    Head,
    Routed,
    detail_text,
    first_break,
    not_in_chain,
    sealed,
    without_proof,
)
from lib.core.errors import Fault
from lib.core.handoffs.answered import ANSWER_PREFIX
from lib.core.time.clock import instant_text
from lib.store.database import Database, Readable
from lib.store.handoffs.cycles import cycles_astray
from lib.store.keeping.heads import head_in
from lib.store.keeping.values import read_every_value
from lib.store.statements import statement


def note(cursor: duckdb.DuckDBPyConnection, at: int, by: Grant, what: str, detail: Detail) -> None:
    """Adds the entry of a change to the chain, in the transaction of the change; `at` in microseconds, or later where
    the entry before it is. It says how it is known who made the change."""
    before = head_in(cursor)
    at = after_the_last(cursor, at)
    entry = sealed(before.number + 1, at, by.name, what, {**detail, PROVED: by.proved}, before.sha256)
    cursor.execute(statement("agreement/add_audit_entry"), asdict(entry))


def note_as_of(cursor: duckdb.DuckDBPyConnection, as_of: int, by: Grant, what: str, detail: Detail) -> None:
    """The same of what was done as of an instant, which its detail says where the entry itself cannot lie there."""
    ahead = {} if after_the_last(cursor, as_of) == as_of else {"as_of": as_of}
    note(cursor, as_of, by, what, {**detail, **ahead})


def after_the_last(cursor: duckdb.DuckDBPyConnection, now: int) -> int:
    """The instant of a change made now (microseconds): no clock that steps back puts it before what it follows."""
    ((not_before,),) = cursor.execute(statement("agreement/last_noted_at")).fetchall()
    return max(now, int(not_before))


def load_entries(database: Database, what: str | None = None) -> list[Entry]:
    """The whole chain, or the entries of one kind of change, in their order."""
    with database.cursor() as cursor:
        return entries_of(cursor, what)


def last_routed(database: Database) -> Routed | None:
    """The last time anybody was handed over, None before the first."""
    with database.cursor() as cursor:
        row = cursor.execute(statement("agreement/last_routed")).fetchone()
    return None if row is None else Routed(*row)


def switched_on(database: Readable) -> int | None:
    """When handing over by the agreement began (microseconds), None where it never did."""
    with database.read() as cursor:
        ((at,),) = cursor.execute(statement("agreement/switched_on")).fetchall()
    return None if at is None else int(at)


def switch_on(cursor: duckdb.DuckDBPyConnection, at: int, by: Grant, version: int, stock: int) -> None:
    """Notes that handing over begins at an instant (microseconds), by a version with so many leads in stock then."""
    note_as_of(cursor, at, by, "switched_on", {"version": version, "stock": stock})


def chain_head(database: Readable) -> Head:
    """The end of the chain as it is now: what others keep, so that they can tell whether it was resealed."""
    with database.read() as cursor:
        return head_in(cursor)


def verify(database: Database) -> int:
    """The number of audit entries, where everything holds; refuses as `proven_head` does."""
    return proven_head(database, None).number


def proven_head(database: Database, kept: Head | None) -> Head:
    """The end of the audit chain, where every value can be read and the chain, the records and the kept cycles hold.

    Every proposal, signature, withdrawal and draft edit must be exactly what
    its audit entry says, each entry of theirs must have its record, each answer given
    in the Inbox must be as it was given, the cycles that are kept must be those of the events, and a head that
    somebody `kept` elsewhere must stand in the chain. Raises DatabaseRefused where something cannot be read,
    AuditBroken with the first break of the chain and everything else that does not hold.
    """
    with database.read() as cursor:
        ((own,),) = cursor.execute("select current_database()").fetchall()
        read_every_value(cursor, own, database.path)
        entries = entries_of(cursor)
        anchor_rows = cursor.execute("select sha256 from proposal order by number limit 1").fetchall()
        records, answers = records_now(cursor), answers_now(cursor)
        astray = cycles_astray(cursor)
        head = head_in(cursor)
    anchor = anchor_rows[0][0] if anchor_rows else ""
    faults = [fault for fault in (first_break(entries, anchor), kept and not_in_chain(entries, anchor, kept)) if fault]
    faults += _mismatches(entries, [(what, at, who, _canonical(detail)) for what, at, who, detail in records])
    faults += _answers_altered(entries, answers)
    if astray:
        others = f" and {len(astray) - 1:,} more" if len(astray) > 1 else ""
        what = "the kept cycles are not those of the events"
        faults.append(Fault(f"lead {astray[0]}{others}", what, "Import the lead's events again, or restore a backup."))
    if faults:
        raise AuditBroken(faults)
    return head


Record = tuple[str, int, str, str]
"""What was done, when (microseconds), by whom, and the canonical detail."""

ANSWERED = "answered"
"""The change an answer of sales in the Inbox makes: one entry an event."""


RECORDED = ("proposed", "signed", "withdrawn", "edited", "merged", "unmerged", "noted", "marked", ERASED)
"""The changes that leave a record in a table of their own."""


def records_now(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, int, str, str]]:
    """What the audit must say by the records there are: what was done, when, by whom, and the detail as JSON."""
    return cursor.execute(statement("agreement/audited_records")).fetchall()


def answers_now(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What each answer given in the Inbox hashes to, by the id of its event."""
    return dict(cursor.execute(statement("agreement/hashes_of_answers"), {"prefix": ANSWER_PREFIX}).fetchall())


def _mismatches(entries: list[Entry], records: list[Record]) -> list[Fault]:
    said = Counter((entry.what, entry.at, entry.who, _told(entry)) for entry in entries if entry.what in RECORDED)
    there = Counter(records)
    unsaid = [Fault(_place(record), "is in the database without an audit entry", RESTORE) for record in there - said]
    lost = [Fault(_place(record), "has an audit entry and is not in the database", RESTORE) for record in said - there]
    return unsaid + lost


def _told(entry: Entry) -> str:
    """What its record must say: of a signature also how it was known who gave it."""
    return entry.detail if entry.what == "signed" else without_proof(entry.detail)


def _answers_altered(entries: list[Entry], answers: Mapping[str, str]) -> Iterator[Fault]:
    """The entries of answers that are gone, or not as they were given.

    Not the other way round: an answer that was exported and imported elsewhere has
    its entry where it was given.
    """
    for entry in entries:
        if entry.what == ANSWERED:
            said = json.loads(entry.detail)
            now = answers.get(said["event"])
            if now != said["sha256"]:
                what = "is not in the database any more" if now is None else "is not as it was given"
                where = f"the answer {said['event']} ({said['kind']}) of audit entry {entry.number}"
                yield Fault(where, what, RESTORE)


def _place(record: Record) -> str:
    what, at, who, detail = record
    return f"'{what}' by {who} at {instant_text(at)} {detail}"


def _canonical(detail: str) -> str:
    return detail_text(json.loads(detail))


def entries_of(cursor: duckdb.DuckDBPyConnection, what: str | None = None) -> list[Entry]:
    """The same, of what a cursor sees."""
    return [Entry(*row) for row in cursor.execute(statement("agreement/audit_entries"), {"what": what}).fetchall()]
