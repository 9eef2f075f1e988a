"""The audit of what is erased: entries say nothing of the person any more, and the chain of hashes still holds."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from lib.core.agreement.audit import Entry, detail_text, left_of, taken_from
from lib.core.leads.erasing import Known
from lib.store.agreement.audit import ANSWERED, RECORDED, answers_now, entries_of, records_now
from lib.store.leads.erasing.own_rows import Renamed

SALT = "salt"
"""What made the hash of an entry that names somebody one that nobody can guess: it goes with what it hid."""

ROUTED = "routed"

HASHED = ("sha256", SALT)

PLACES = ("version", "note", "merge", "revision", "state")
"""What tells records of one kind, by one person, at one instant apart."""

Said = str | int | float | None

Place = tuple[str, int, str, tuple[str | None, ...]]


@dataclass(frozen=True)
class AsItWas:
    """What the audit says, and what its records and answers were, before anything is taken out of them."""

    entries: tuple[Entry, ...]
    records: Mapping[Place, dict[str, Any]]
    answers: Mapping[str, str]


def as_it_was(cursor: duckdb.DuckDBPyConnection) -> AsItWas:
    """To be asked before the first row is changed."""
    return AsItWas(tuple(entries_of(cursor)), _records(cursor), answers_now(cursor))


def take_from_chain(
    cursor: duckdb.DuckDBPyConnection, was: AsItWas, known: Known, renamed: Renamed, routed_at: Collection[int]
) -> str:
    """Writes the entries anew that name the person; which, with the hash of what is left, as the erasure's entry says.

    What an entry says of a record or an answer is true of it as it is now, if it was true of it as it was: an
    alteration is not hidden by an erasure. Of the hand-overs at the instants `routed_at`, which hashes of ids told,
    only the counts stay.
    """
    records, answers = _records(cursor), answers_now(cursor)
    ids = {**renamed.leads, **renamed.events}
    left: dict[int, Entry] = {}
    for entry in was.entries:
        said: dict[str, Said] = json.loads(entry.detail)
        now = {name: _said(name, value, ids, known) for name, value in said.items()}
        if entry.what == ANSWERED and was.answers.get(str(said["event"])) == said["sha256"]:
            now["sha256"] = answers[str(now["event"])]
        elif entry.what in RECORDED:
            place = _place(entry.what, entry.at, entry.who, said)
            record = was.records.get(place, {})
            # An entry may say more than its record does: by whose right, for one.
            if record and record.items() <= said.items() and place in records:
                now |= records[place]
        elif entry.what == ROUTED and said.get("as_of", entry.at) in routed_at:
            now = {name: value for name, value in now.items() if name not in HASHED}
        if now != said:
            now.pop(SALT, None)
            left[entry.number] = left_of(entry, now)
    for number, entry in left.items():
        cursor.execute("update audit_entry set detail = ? where number = ?", [entry.detail, number])
    return taken_from(left)


def _said(name: str, value: Said, ids: Mapping[str, str], known: Known) -> Said:
    if not isinstance(value, str) or name in HASHED or name == "entries":
        return value
    return ids[value] if value in ids else known.blanked(value)


def _records(cursor: duckdb.DuckDBPyConnection) -> dict[Place, dict[str, Any]]:
    read = ((what, at, who, json.loads(detail)) for what, at, who, detail in records_now(cursor))
    return {_place(what, at, who, detail): json.loads(detail_text(detail)) for what, at, who, detail in read}


def _place(what: str, at: int, who: str, detail: Mapping[str, Any]) -> Place:
    return what, at, who, tuple(None if detail.get(name) is None else str(detail[name]) for name in PLACES)
