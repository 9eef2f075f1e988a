"""Killed at any moment, everything is as before or as after, and what holds is proved.

HANDSHAKE_KILLS says how often each action is killed (default 2).
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb
import pytest

from lib.core.time.clock import parse_instant
from lib.store.agreement.audit import verify
from lib.store.database import MIGRATIONS, before_version, open_database
from tests.store.conftest import MADRID
from tests.store.killed import ROOT, Starter, moments, starter

KILLS = int(os.environ.get("HANDSHAKE_KILLS", "2"))
NOW = parse_instant("2026-11-23T00:00:00Z", MADRID)
NEWEST = len(list(MIGRATIONS.glob("0*.sql")))


@dataclass(frozen=True)
class Place:
    """A folder with a database that a command works on, put back as it was before each try."""

    folder: Path
    original: Path

    @property
    def db(self) -> Path:
        return self.folder / "h.duckdb"

    def put_back(self) -> None:
        for entry in self.folder.iterdir():
            entry.unlink()
        shutil.copyfile(self.original, self.db)

    def command(self, *arguments: str) -> list[str]:
        return [*arguments, "--db", str(self.db), "--config", str(ROOT / "config")]


@pytest.fixture(scope="module")
def commands() -> Iterator[Starter]:
    with starter() as started:
        yield started


@pytest.fixture
def place(tmp_path: Path, sample_database: Path) -> Place:
    (tmp_path / "work").mkdir()
    return Place(tmp_path / "work", sample_database)


def killed_often(commands: Starter, place: Place, command: list[str], holds: Callable[[], str]) -> None:
    """Kills the command again and again; `holds` checks what is left, and says whether it is `before` or `after`."""
    random = Random(f"{command[0]} {time.time_ns()}")  # noqa: S311
    place.put_back()
    began = time.monotonic()
    assert commands.run(command) == 0
    whole_seconds = time.monotonic() - began
    assert holds() == "after"
    moment = moments(random, place.folder, whole_seconds)
    found = set()
    for _ in range(KILLS):
        place.put_back()
        status = commands.run(command, next(moment))
        assert status in (0, -9)
        found.add(holds() if status else "after")
    # Whatever the moment, doing it again does it.
    assert commands.run(command) in (0, 1)
    assert holds() == "after"
    assert found <= {"before", "after"}


def counted(path: Path, *tables: str) -> tuple[int, ...]:
    """Rows of the tables of a database that opens and holds."""
    database = open_database(path, first_definition=None, clock=NOW)
    try:
        verify(database)
        with database.cursor() as cursor:
            return tuple(cursor.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables)
    finally:
        database.close()


def state(counts: tuple[int, ...], before: tuple[int, ...], after: tuple[int, ...]) -> str:
    return {before: "before", after: "after"}[counts]


def test_an_import_that_is_killed_loaded_everything_or_nothing(commands: Starter, place: Place, tmp_path: Path) -> None:
    leads, rows = tmp_path / "leads.csv", 30_000
    leads.write_text("lead_id,created_at,email\n" + "".join(f"k{n},2026-01-01,k{n}@example.com\n" for n in range(rows)))
    tables = ("lead", "import_run", "audit_entry")
    before = counted(place.original, *tables)

    killed_often(
        commands,
        place,
        place.command("import", str(leads), "--as", "lead"),
        lambda: _after_imports(counted(place.db, *tables), before, rows),
    )


def _after_imports(counts: tuple[int, ...], before: tuple[int, ...], rows: int) -> str:
    runs = counts[1] - before[1]
    # An import that is repeated changes no lead, and is noted.
    assert counts == (before[0] + (rows if runs else 0), before[1] + runs, before[2] + runs)
    return "after" if runs else "before"


def test_a_route_that_is_killed_handed_everybody_over_or_nobody(commands: Starter, place: Place) -> None:
    tables = ("handoff_event", "audit_entry", "handoff")
    before = counted(place.original, *tables)
    place.put_back()
    command = place.command("route", "--as-of", "2026-11-22T12:00:00Z")
    assert commands.run(command) == 0
    after = counted(place.db, *tables)
    assert after > before

    killed_often(commands, place, command, lambda: state(counted(place.db, *tables), before, after))


def test_a_backup_that_is_killed_is_whole_or_not_there(commands: Starter, place: Place) -> None:
    tables = ("lead", "activity", "handoff_event", "audit_entry")
    whole, file = counted(place.original, *tables), place.folder / "backup.duckdb"

    def holds() -> str:
        assert counted(place.db, *tables) == whole
        if not file.exists():
            return "before"
        assert counted(file, *tables) == whole
        return "after"

    killed_often(commands, place, place.command("backup", str(file)), holds)


def test_a_restore_that_is_killed_leaves_the_old_database_or_the_restored_one(
    commands: Starter, place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "backup.duckdb"
    shutil.copyfile(place.original, file)
    changed = tmp_path / "changed.duckdb"
    shutil.copyfile(place.original, changed)
    with duckdb.connect(str(changed)) as since:
        since.execute("insert into rep (rep_id) values ('since')")
    place = Place(place.folder, changed)
    before = counted(changed, "rep", "audit_entry")

    def holds() -> str:
        reps, entries = counted(place.db, "rep", "audit_entry")
        replaced = list(place.folder.glob("h.replaced-*.duckdb"))
        if (reps, entries) == before:
            return "before"
        assert (reps, entries) == (before[0] - 1, before[1] + 1)
        assert any(counted(one, "rep", "audit_entry") == before for one in replaced)
        return "after"

    killed_often(commands, place, place.command("restore", str(file)), holds)


def test_a_migration_that_is_killed_brought_everything_up_to_date_or_nothing(
    commands: Starter, place: Place, tmp_path: Path
) -> None:
    old = tmp_path / "old.duckdb"
    with duckdb.connect(str(old)) as first:
        first.execute("create table migration (number integer primary key, applied_at timestamp)")
        first.execute(sorted(MIGRATIONS.iterdir())[0].read_text(encoding="utf-8"))
        first.execute("insert into migration values (1, timestamp '2026-01-01')")
        first.execute(
            "insert into definition_version values (1, 'x', sha256('x'), 'agreed', timestamp '2026-01-01', null)"
        )
        first.execute(
            "insert into lead (lead_id, created_at) select 'm' || i, timestamp '2026-01-01' from range(20000) r(i)"
        )
        first.execute(
            "insert into handoff_event (event_id, lead_id, occurred_at, kind) "
            "select 'e' || i, 'm' || i, timestamp '2026-01-02', 'mql' from range(20000) r(i)"
        )
    place = Place(place.folder, old)

    def holds() -> str:
        # Looked at by DuckDB alone: opening it as the app does would bring it up to date.
        with duckdb.connect(str(place.db)) as left:
            ((version,),) = left.execute("select max(number) from migration").fetchall()
            tables = {name for (name,) in left.execute("select table_name from duckdb_tables()").fetchall()}
        assert version in (1, NEWEST)
        assert ("audit_entry" in tables, "definition_version" in tables) == (version > 1, version == 1)
        if version > 1:
            with duckdb.connect(str(before_version(place.db, NEWEST))) as kept:
                assert kept.execute("select max(number) from migration").fetchall() == [(1,)]
                assert kept.execute("select count(*) from lead").fetchall() == [(20000,)]
            assert counted(place.db, "lead", "handoff_event") == (20000, 20000)
        return "before" if version == 1 else "after"

    killed_often(commands, place, place.command("verify"), holds)
