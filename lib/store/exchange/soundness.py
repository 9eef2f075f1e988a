"""How sound the data is: what arrives late or from the future, who owns it, how new it is, on which days it came."""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lib.core.exchange.soundness import LATE_DAYS, Finding, Fresh, Suspicious
from lib.core.time.clock import from_microseconds
from lib.store.composing import sql
from lib.store.database import Database
from lib.store.statements import statement

QUARTER_MICROSECONDS = 900_000_000


def suspicious_counts(database: Database, as_of: int) -> dict[Finding, int]:
    """How many rows of each finding there are, those without any left out."""
    found = statement("exchange/suspicious_rows")
    query = sql("select finding, count(*) from ({found}) as found group by finding", found=found)
    with database.read() as cursor:
        rows = cursor.execute(query, _given(as_of)).fetchall()
    return {Finding(finding): count for finding, count in rows}


def suspicious_rows(database: Database, as_of: int, finding: Finding, most: int) -> list[Suspicious]:
    """The newest rows of one finding."""
    query = statement("exchange/newest_suspicious_rows", found=statement("exchange/suspicious_rows"))
    with database.read() as cursor:
        rows = cursor.execute(query, {**_given(as_of), "finding": finding.value, "most": most}).fetchall()
    return [Suspicious(Finding(row[0]), *row[1:]) for row in rows]


def freshness(database: Database) -> list[Fresh]:
    """How new everything is, by table and origin."""
    with database.read() as cursor:
        return [Fresh(*row) for row in cursor.execute(statement("exchange/freshness")).fetchall()]


def rows_by_day(
    database: Database, start: int, end: int, zone: ZoneInfo
) -> Mapping[tuple[str, str | None], tuple[date, list[int]]]:
    """How many activities and events each day between two instants had: the first day, and the counts.

    By table and kind, None for all kinds of it. Days are the zone's. Nothing before the first row there is counted.
    """
    given = {"start": from_microseconds(start).replace(tzinfo=None), "end": from_microseconds(end).replace(tzinfo=None)}
    with database.read() as cursor:
        rows = cursor.execute(statement("exchange/rows_by_quarter_hour"), given).fetchall()
    last = from_microseconds(end - 1).astimezone(zone).date()
    days = {
        quarter: from_microseconds(quarter * QUARTER_MICROSECONDS).astimezone(zone).date()
        for quarter in {row[2] for row in rows}
    }
    by_day: dict[tuple[str, str | None], dict[date, int]] = {}
    for table, kind, quarter, count in rows:
        for series in ((table, None), (table, kind)):
            of_series = by_day.setdefault(series, {})
            of_series[days[quarter]] = of_series.get(days[quarter], 0) + count
    return {series: (min(of), _every(of, min(of), last)) for series, of in by_day.items()}


def _every(days: Mapping[date, int], first: date, last: date) -> list[int]:
    return [days.get(first + timedelta(days=number), 0) for number in range((last - first).days + 1)]


def _given(as_of: int) -> dict[str, object]:
    return {"as_of": from_microseconds(as_of).replace(tzinfo=None), "late_days": LATE_DAYS}
