"""What the funnel needs besides hand-offs: how many leads were created, and what was spent."""

from datetime import datetime

from lib.core.funnel.costs import LeadTotal, Spend
from lib.core.time.clock import from_microseconds
from lib.core.time.periods import By, periods
from lib.core.time.window import Window
from lib.store.database import Database
from lib.store.statements import statement


def lead_totals(
    database: Database, window: Window, by: By, as_of: int, owner: str | None = None
) -> tuple[LeadTotal, ...]:
    """The leads created in a window up to an instant (microseconds), by period, channel and source.

    `owner` is a lead's own, the empty text those without one, None any.
    """
    split = periods(window, by, as_of)
    edges = [_instant(edge) for edge in split.edges.tolist()]
    given = {"starts": edges[:-1], "ends": edges[1:], "as_of": _instant(as_of), "owner": owner}
    if not len(split):
        return ()
    with database.cursor() as cursor:
        rows = cursor.execute(statement("funnel/lead_totals"), given).fetchall()
    return tuple(LeadTotal(split.first_days[number], *rest) for number, *rest in rows)


def spends(database: Database) -> tuple[Spend, ...]:
    """Everything that was spent, by month."""
    with database.cursor() as cursor:
        return tuple(Spend(*row) for row in cursor.execute(statement("funnel/spend")).fetchall())


def _instant(microseconds: int) -> datetime:
    return from_microseconds(microseconds).replace(tzinfo=None)
