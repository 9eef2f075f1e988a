"""Who came and went, in the audit; and who was a person by an e-mail first, whoever has that e-mail later."""

import json
from collections.abc import Mapping

from lib.core.access.grants import Grant
from lib.core.access.people import Identity
from lib.core.agreement.audit import Detail
from lib.core.time.clock import from_microseconds
from lib.store.agreement.audit import load_entries, note
from lib.store.database import Database
from lib.store.statements import statement

PEOPLE = "people"
"""The change of people.yaml, as the audit calls it."""


def bound_emails(database: Database) -> dict[str, Identity]:
    """Who was a person by an e-mail first, by the e-mail folded."""
    with database.cursor() as cursor:
        rows = cursor.execute("select email, issuer, subject from bound_email").fetchall()
    return {email: Identity(issuer, subject) for email, issuer, subject in rows}


def note_people(database: Database, by: Grant, now: int, people: Mapping[str, str]) -> None:
    """Notes who everybody is (`people.yaml`), and who it names no more, where that is not what was noted last."""
    noted = load_entries(database, PEOPLE)
    before: dict[str, str] = json.loads(noted[-1].detail)["people"] if noted else {}
    if before == people:
        return
    changed = {name: said for name, said in people.items() if before.get(name) != said}
    gone = {name: "named no more" for name in before if name not in people}
    with database.maintain(data=False) as cursor:
        note(cursor, now, by, PEOPLE, {"people": people, "changes": changed | gone})


def note_coming(database: Database, by: Grant, now: int, what: str, detail: Detail, *, email: str | None) -> None:
    """Notes that somebody came, went or was refused; with an `email` (folded), that they are that person from now on.

    It takes no right: who is refused has none.
    """
    with database.maintain(data=False) as cursor:
        if email is not None and by.identity is not None:
            given = {
                "email": email,
                "issuer": by.identity.issuer,
                "subject": by.identity.subject,
                "person": by.name,
                "bound_at": from_microseconds(now).replace(tzinfo=None),
            }
            cursor.execute(statement("access/bind_email"), given)
        note(cursor, now, by, what, detail)
