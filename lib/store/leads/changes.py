"""How the fields of one lead came to be what they are."""

from lib.core.leads.changes import NotedChange
from lib.store.database import Readable
from lib.store.statements import statement


def changes_of(database: Readable, lead_id: str) -> list[NotedChange]:
    """What is known of a lead's changes, the newest first; later ones than now too."""
    with database.read() as cursor:
        rows = cursor.execute(statement("leads/changes_of"), {"lead_id": lead_id}).fetchall()
    return [NotedChange(*row) for row in rows]
