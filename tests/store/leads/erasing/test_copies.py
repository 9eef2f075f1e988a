"""Copies that still hold who was erased: backups with the day their place is taken, and files nothing removes."""

from pathlib import Path

from lib.core.time.clock import MICROSECONDS, instant_text, parse_instant
from lib.store.leads.erasing.copies import copies_of
from tests.store.conftest import MADRID

DAY = 86_400
NOW = parse_instant("2026-06-10T12:00:00Z", MADRID)


def made(folder: Path, *days: int) -> None:
    folder.mkdir(exist_ok=True)
    for day in days:
        (folder / f"h-202606{day:02}T040000Z.duckdb").touch()


def said(tmp_path: Path, folder: Path | None = None, now: int = NOW) -> list[tuple[str, str | None]]:
    copies = copies_of(tmp_path / "h.duckdb", folder, DAY, 3, now)
    return [(one.path.name, None if one.goes_at is None else instant_text(one.goes_at)) for one in copies]


def test_the_newest_backup_goes_once_as_many_newer_ones_are_there_as_are_kept(tmp_path: Path) -> None:
    made(tmp_path / "backups", 8, 9, 10)

    assert said(tmp_path, tmp_path / "backups") == [
        ("h-20260610T040000Z.duckdb", "2026-06-13T04:00:00Z"),
        ("h-20260609T040000Z.duckdb", "2026-06-12T04:00:00Z"),
        ("h-20260608T040000Z.duckdb", "2026-06-11T04:00:00Z"),
    ]


def test_where_a_backup_is_overdue_days_count_from_now(tmp_path: Path) -> None:
    made(tmp_path / "backups", 10)

    later = NOW + 10 * DAY * MICROSECONDS

    assert said(tmp_path, tmp_path / "backups", later) == [("h-20260610T040000Z.duckdb", "2026-06-22T12:00:00Z")]


def test_what_upgrades_and_restores_left_beside_the_database_is_named_without_a_day(tmp_path: Path) -> None:
    for name in ("h.before-version-13.duckdb", "h.replaced-20260601T000000Z.duckdb", "h.duckdb", "other.duckdb"):
        (tmp_path / name).touch()

    assert said(tmp_path) == [("h.before-version-13.duckdb", None), ("h.replaced-20260601T000000Z.duckdb", None)]
