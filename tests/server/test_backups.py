"""Backups the app makes by itself: when the first is due, and that old ones go only when a new one is there."""

from pathlib import Path

import pytest

from lib.config.app import Backups
from lib.core.time.clock import MICROSECONDS
from lib.server.backups import QUIET_SECONDS, backing_up
from lib.store.backups import backup_into, kept_in
from lib.store.database import Database
from tests.store.conftest import NOW

DAY_SECONDS = 86_400
SETTINGS = Backups(DAY_SECONDS, 2, "backups")


def test_nothing_is_backed_up_where_that_is_left_out(db: Database) -> None:
    assert backing_up(None, db) == []


@pytest.mark.parametrize(
    ("age_seconds", "first_seconds"),
    [
        (None, QUIET_SECONDS),
        (0, DAY_SECONDS),
        (3_600, DAY_SECONDS - 3_600),
        (DAY_SECONDS, QUIET_SECONDS),
        (99 * DAY_SECONDS, QUIET_SECONDS),
        (-99 * DAY_SECONDS, DAY_SECONDS),
    ],
)
def test_the_first_is_due_when_the_newest_is_old_enough(
    db: Database, age_seconds: int | None, first_seconds: float
) -> None:
    if age_seconds is not None:
        backup_into(db, db.path.parent / "backups", 2, NOW - age_seconds * MICROSECONDS)

    (recurring,) = backing_up(SETTINGS, db, lambda: NOW)

    assert (recurring.name, recurring.every_seconds, recurring.first_seconds) == ("backup", DAY_SECONDS, first_seconds)


def test_its_work_is_a_backup_beside_the_database_of_which_so_many_are_kept(db: Database) -> None:
    now = [NOW]
    (recurring,) = backing_up(SETTINGS, db, lambda: now[0])

    for _ in range(3):
        recurring.work()
        now[0] += DAY_SECONDS * MICROSECONDS

    folder: Path = db.path.parent / "backups"
    assert [one.made_at - NOW for one in kept_in(folder, db.path)] == [
        2 * DAY_SECONDS * MICROSECONDS,
        DAY_SECONDS * MICROSECONDS,
    ]
    assert folder.stat().st_mode & 0o777 == 0o700
