"""Backups the app makes by itself: as often as app.yaml says, and soon where the newest one is too old."""

import math
import time
from collections.abc import Callable

from lib.config.app import Backups
from lib.core.time.clock import MICROSECONDS
from lib.server.schedule import Recurring
from lib.store.backups import backup_into, folder_of, kept_in
from lib.store.database import Database

QUIET_SECONDS = 60.0
"""So long after the start none is made: the first visitors come."""


def backing_up(
    settings: Backups | None, database: Database, now: Callable[[], int] = lambda: time.time_ns() // 1_000
) -> list[Recurring]:
    """The backups that are set up, if any; `now` gives the instant in microseconds."""
    if settings is None:
        return []
    folder = folder_of(database.path, settings.folder)
    newest = next(iter(kept_in(folder, database.path)), None)
    age_seconds = math.inf if newest is None else (now() - newest.made_at) / MICROSECONDS
    first_seconds = max(QUIET_SECONDS, settings.every_seconds - age_seconds)
    return [
        Recurring(
            "backup",
            settings.every_seconds,
            lambda: backup_into(database, folder, settings.keep, now()),
            # A newest one from the future (a clock put back) must not put the next one off.
            min(first_seconds, settings.every_seconds),
        )
    ]
