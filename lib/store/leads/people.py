"""Who leads are: found by a few words, or looked up by id."""

from collections.abc import Sequence

from lib.core.folding import fold
from lib.core.leads.people import Introduced
from lib.store.database import Database
from lib.store.statements import statement


def find_leads(database: Database, words: str, most: int) -> list[Introduced]:
    """The leads in whose id, name, company, title or e-mail every word occurs, case ignored; the best first."""
    whole = " ".join(fold(words).split())
    given = {"words": whole.split(), "whole": whole, "most": most}
    with database.cursor() as cursor:
        rows = cursor.execute(statement("leads/find_leads"), given).fetchall()
    return [_person(row) for row in rows]


def leads_of(database: Database, lead_ids: Sequence[str]) -> dict[str, Introduced]:
    """The leads of these ids, by id; one that is not there is left out."""
    with database.cursor() as cursor:
        rows = cursor.execute(statement("leads/leads_of"), {"lead_ids": list(lead_ids)}).fetchall()
    return {row[0]: _person(row) for row in rows}


def _person(row: Sequence[str | None]) -> Introduced:
    return Introduced(*(text or "" for text in row))
