"""As of when: instants as text, the reporting zone's days, weeks and months, and the default instant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

MICROSECONDS_PER_DAY = 86_400_000_000

MICROSECONDS = 1_000_000
STALE_DAYS = 7
"""Data whose newest instant is older than this is looked at as of that instant."""

AHEAD = 5 * 60 * MICROSECONDS
"""So far (microseconds) an instant of a system elsewhere may be ahead of this clock: clocks differ. What is further
ahead is held aside, lest it counts before, or over, what happens until then."""

WINDOW_WEEKS = 26
"""The default window: so many whole weeks up to the instant looked at."""

FIRST_DAY, LAST_DAY = (day.toordinal() - date(1970, 1, 1).toordinal() for day in (date.min, date.max))

MONDAY = 0
"""The first day of a week unless reports are told another, counted as `date.weekday` does."""


def to_microseconds(instant: datetime) -> int:
    """Microseconds since 1970 UTC; an instant without an offset is UTC."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def from_microseconds(microseconds: int) -> datetime:
    """The instant, with UTC as its zone."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(microseconds))


def instant_text(microseconds: int) -> str:
    """`2026-03-01T09:00:00Z`, with microseconds where there are any."""
    return from_microseconds(microseconds).isoformat().replace("+00:00", "Z")


def said_at(microseconds: int, zone: ZoneInfo) -> str:
    """An instant as people say it, on the zone's clock: `24 Nov 2026, 11:00`."""
    at = from_microseconds(microseconds).astimezone(zone)
    return f"{at.day} {at:%b %Y, %H:%M}"


def parse_instant(text: str, zone: ZoneInfo) -> int:
    """The instant an ISO 8601 text means, in microseconds since 1970 UTC.

    Without an offset it is UTC; a date alone is 00:00 of that day in `zone`.
    Raises ValueError for anything else.
    """
    stripped = text.strip()
    if len(stripped) == 10:
        return day_start(date.fromisoformat(stripped), zone)
    return to_microseconds(datetime.fromisoformat(stripped))


def day_start(day: date, zone: ZoneInfo) -> int:
    """00:00 of that day in `zone`, in microseconds since 1970 UTC."""
    return to_microseconds(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))


def day_of(microseconds: int, zone: ZoneInfo) -> date:
    """The day in `zone` an instant falls on."""
    return from_microseconds(microseconds).astimezone(zone).date()


def days_of(instants: npt.NDArray[np.int64], zone: ZoneInfo) -> npt.NDArray[np.int64]:
    """The day in `zone` each instant falls on, as days since 1970."""
    touched = np.unique(instants // MICROSECONDS_PER_DAY)
    # No zone is further than a day from UTC; the first and the last day there are have no day beside them.
    around = np.unique(np.concatenate([touched - 1, touched, touched + 1, touched + 2]))
    around = around[(around > FIRST_DAY) & (around < LAST_DAY)]
    starts = [day_start(date(1970, 1, 1) + timedelta(days=int(day)), zone) for day in around]
    within = np.searchsorted(np.array(starts, dtype=np.int64), instants, side="right") - 1
    return np.asarray(around[np.maximum(within, 0)], dtype=np.int64)


def week_of(day: date, week_starts: int = MONDAY) -> date:
    """The first day of that day's week."""
    return day - timedelta(days=(day.weekday() - week_starts) % 7)


def default_as_of(now: int, newest: int | None) -> int:
    """Now, or the newest instant in the data when that is more than seven days old."""
    if newest is not None and newest < now - STALE_DAYS * 86_400 * MICROSECONDS:
        return newest
    return now


def default_window(as_of: int, zone: ZoneInfo, week_starts: int = MONDAY) -> tuple[date, date]:
    """The last 26 whole weeks: the first day of the first, and the day after the last."""
    last = week_of(day_of(as_of, zone), week_starts)
    return last - timedelta(weeks=WINDOW_WEEKS), last


def weeks_touching(start: date, end: date, week_starts: int = MONDAY) -> list[date]:
    """The first days of every week that touches the days from `start` up to, not including, `end`."""
    first = week_of(start, week_starts)
    return [first + timedelta(weeks=n) for n in range((end - first).days // 7 + 1) if first + timedelta(weeks=n) < end]
