"""What each month is meant to bring."""

from datetime import date

from lib.store.database import Readable
from lib.store.statements import statement


def targets(database: Readable, metric: str) -> dict[date, float]:
    """The targets of a metric (`mql`, `sal`, `sql`) by the first day of the month."""
    with database.cursor() as cursor:
        rows = cursor.execute(statement("funnel/goal_targets"), {"metric": metric}).fetchall()
    return {month: float(target) for month, target in rows}
