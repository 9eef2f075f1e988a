"""What was lost, as the database has it."""

from lib.core.funnel.lost import Loss
from lib.core.time.clock import from_microseconds
from lib.store.database import Readable
from lib.store.statements import statement


def load_losses(database: Readable, as_of: int) -> tuple[Loss, ...]:
    """Every `lost` event that counts as of an instant (microseconds), by lead and instant."""
    given = {"as_of": from_microseconds(as_of).replace(tzinfo=None)}
    with database.cursor() as cursor:
        return tuple(Loss(*row) for row in cursor.execute(statement("funnel/losses"), given).fetchall())
