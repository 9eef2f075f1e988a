"""What was spent, as the database has it."""

from lib.core.funnel.costs import Spend
from lib.store.database import Readable
from lib.store.statements import statement


def spends(database: Readable) -> tuple[Spend, ...]:
    """Everything that was spent, by month."""
    with database.cursor() as cursor:
        return tuple(Spend(*row) for row in cursor.execute(statement("funnel/spend")).fetchall())
