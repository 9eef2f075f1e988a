"""Killed at any moment, everything is as before or as after, and what holds is proved.

HANDSHAKE_KILLS says how often each action is killed (default 2).
"""

import os
import re
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
from lib.store.database import open_database
from lib.store.keeping.leftovers import sweep
from lib.store.migrating import MIGRATIONS, before_version
from tests.store.conftest import MADRID
from tests.store.killed import ROOT, Starter, moments, starter

KILLS = int(os.environ.get("HANDSHAKE_KILLS", "2"))
NOW = parse_instant("2026-11-23T00:00:00Z", MADRID)
NEWEST = len(list(MIGRATIONS.glob("0*.sql")))


HALF_DONE = re.compile(r"\.(part|copying|restoring|dropped)\b")


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
    # What the app does when it starts: nothing half done stays in the folder.
    sweep(place.db, None)
    assert [entry.name for entry in place.folder.iterdir() if HALF_DONE.search(entry.name)] == []
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


# What people do, each after what must have been done before.


def after_commands(commands: Starter, place: Place, tmp_path: Path, *done: list[str]) -> Place:
    """The same place, its database with those commands carried out."""
    prepared = Place(place.folder, tmp_path / "prepared.duckdb")
    place.put_back()
    for command in done:
        assert commands.run(place.command(*command)) == 0
    shutil.copyfile(place.db, prepared.original)
    return prepared


def whole_or_not(commands: Starter, place: Place, command: list[str], *tables: str) -> None:
    """Kills a command; what it adds to these tables is all there or not at all."""
    before = counted(place.original, *tables)
    place.put_back()
    assert commands.run(place.command(*command)) == 0
    after = counted(place.db, *tables)
    assert after != before

    killed_often(commands, place, place.command(*command), lambda: state(counted(place.db, *tables), before, after))


def test_an_undone_import_is_taken_back_whole_or_stays(commands: Starter, place: Place, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("lead_id,created_at\n" + "".join(f"k{n},2026-01-01\n" for n in range(30_000)))
    place = after_commands(commands, place, tmp_path, ["import", str(leads), "--as", "lead"])

    whole_or_not(commands, place, ["undo-import"], "lead", "audit_entry")


def test_leads_that_are_merged_are_one_or_two(commands: Starter, place: Place) -> None:
    merging = ["merge-leads", "L0000601", "L0000602", "--by", "Ana"]

    whole_or_not(commands, place, merging, "lead_merge", "audit_entry", "(from lead where lead_id = 'L0000602')")


PROPOSED = ["propose", str(ROOT / "config" / "definition.yaml"), "--as", "Tom Okafor", "--reason", "Because"]


@pytest.fixture
def proposed(commands: Starter, place: Place, tmp_path: Path) -> tuple[Place, str]:
    """Where the shipped definition waits for signatures as version 2, and its hash."""
    prepared = after_commands(commands, place, tmp_path, PROPOSED)
    with duckdb.connect(str(prepared.original), read_only=True) as asked:
        ((sha256,),) = asked.execute("select sha256 from proposal where number = 2").fetchall()
    return prepared, str(sha256)


def test_a_proposal_that_is_killed_waits_for_both_or_was_never_made(commands: Starter, place: Place) -> None:
    whole_or_not(commands, place, PROPOSED, "proposal", "audit_entry")


def test_a_signature_that_is_killed_is_given_with_its_entry_or_not(
    commands: Starter, proposed: tuple[Place, str]
) -> None:
    place, sha256 = proposed

    whole_or_not(commands, place, ["sign", "2", "--as", "Marta Vidal", "--sha256", sha256], "signature", "audit_entry")


def test_a_withdrawal_that_is_killed_is_made_with_its_entry_or_not(
    commands: Starter, proposed: tuple[Place, str]
) -> None:
    place, _ = proposed

    whole_or_not(
        commands, place, ["withdraw", "2", "--as", "Tom Okafor", "--reason", "Not now"], "withdrawal", "audit_entry"
    )
