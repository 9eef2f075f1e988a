"""The agreed definition in force."""

from lib.core.agreement.versions import AgreedVersion
from lib.core.errors import DatabaseRefused, Fault
from lib.core.time.clock import from_microseconds
from lib.store.database import Database
from lib.store.statements import statement


def agreed_text(database: Database, as_of: int) -> AgreedVersion:
    """The agreed version in force as of an instant; before the first one started, the first."""
    given = {"as_of": from_microseconds(as_of).replace(tzinfo=None)}
    with database.cursor() as cursor:
        row = cursor.execute(statement("agreement/agreed_version"), given).fetchone()
    if row is None:
        raise DatabaseRefused(
            Fault(str(database.path), "holds no agreed definition", "Restore a backup: every database begins with one.")
        )
    number, text, sha256, starts_at, proposed_at = row
    return AgreedVersion(number, text, sha256, starts_at, max(starts_at, proposed_at))
