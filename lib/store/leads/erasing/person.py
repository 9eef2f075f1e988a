"""Who it is that is erased: every id of theirs, and the words by which others' texts name them."""

from collections import defaultdict
from dataclasses import dataclass

import duckdb

from lib.core.errors import Fault, NotFound
from lib.core.leads.erasing import EraseRefused, Known
from lib.store.statements import statement


@dataclass(frozen=True)
class Found:
    """A person in the database: their ids, first that of the lead that is kept, other ids, and what names them.

    `alike` are other leads with an e-mail address of theirs: perhaps the same person, whom nobody merged.
    """

    ids: tuple[str, ...]
    aliases: tuple[str, ...]
    known: Known
    alike: tuple[str, ...]


def find_person(cursor: duckdb.DuckDBPyConnection, lead_id: str) -> Found:
    """The person a lead is, also where it is part of another lead, or others are part of it.

    Raises NotFound where there is no such lead, EraseRefused where it was erased before.
    """
    where = f"lead {lead_id}"
    ids = [one for one, _ in cursor.execute(statement("leads/erasing/ids_of_person"), {"lead_id": lead_id}).fetchall()]
    if not ids:
        raise NotFound(Fault(where, "no lead has this id", "Ids are compared letter by letter."))
    if cursor.execute("select 1 from erasure where erased = ?", [ids[0]]).fetchall():
        raise EraseRefused(Fault(where, "stands for somebody who was erased", "There is nothing left to erase."))
    said = defaultdict[str, set[str]](set)
    for field, value in cursor.execute(statement("leads/erasing/said_of_person"), {"ids": ids}).fetchall():
        if value is not None and value.strip():
            said[field].add(value.strip())
    aliases = [one for (one,) in cursor.execute(statement("leads/erasing/aliases_of_person"), {"ids": ids}).fetchall()]
    known = Known(
        frozenset(ids),
        frozenset(said["email"]),
        frozenset(said["phone"]),
        frozenset((first, last) for first in said["first_name"] for last in said["last_name"]),
    )
    given = {"ids": ids, "emails": [email.lower() for email in known.emails]}
    alike = [one for (one,) in cursor.execute(statement("leads/erasing/alike"), given).fetchall()]
    return Found(tuple(ids), tuple(aliases), known, tuple(alike))
