"""A full disk: what was not done is said, what was done before stands, and work goes on once there is room."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from lib.core.errors import NotWritten, Refused
from lib.store import migrating
from lib.store.agreement.audit import verify
from lib.store.agreement.drafts import save_draft
from lib.store.backups import backup, backup_into, restore
from lib.store.database import Database, open_database
from lib.store.exchange.imports import import_files
from lib.store.keeping.heads import beside
from lib.store.migrating import MIGRATIONS
from tests.grants import ANYTHING, BY_TEST
from tests.store.conftest import FIRST_DEFINITION, MADRID, NOW

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Disk:
    """A small file system of its own."""

    folder: Path

    @property
    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    def fill(self, leave_bytes: int = 0) -> None:
        """Leaves so little room."""
        with (self.folder / "filler").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, self.free_bytes - leave_bytes))

    def make_room(self) -> None:
        (self.folder / "filler").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={24 * MEGABYTE}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small file system can be made here")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def db(disk: Disk) -> Iterator[Database]:
    """A database on the small disk, with one lead."""
    database = open_database(disk.folder / "h.duckdb", first_definition=FIRST_DEFINITION, clock=NOW)
    with database.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('a', timestamp '2026-01-01')")
    yield database
    database.close()


def leads_in(db: Database) -> int:
    with db.cursor() as cursor:
        return int(cursor.execute("select count(*) from lead").fetchall()[0][0])


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"filler", "h.duckdb.wal"}


def many_leads(folder: Path, rows: int) -> Path:
    """A file of leads that cannot be packed into less than 64 bytes each."""
    file = folder / "many.csv"
    leads = (f"m{n},2026-01-01,{sha256(str(n).encode()).hexdigest()}@a.b\n" for n in range(rows))
    file.write_text("lead_id,created_at,email\n" + "".join(leads))
    return file


def import_many(db: Database, folder: Path) -> object:
    many = many_leads(folder, 40_000)
    return import_files(db, [many], kind="lead", zone=MADRID, now=NOW, by=BY_TEST)


def test_an_import_the_disk_has_no_room_for_loads_nothing_and_the_next_one_does(
    db: Database, disk: Disk, tmp_path: Path
) -> None:
    disk.fill(MEGABYTE)

    with pytest.raises(NotWritten, match=r"no space left on the disk.*Nothing was changed"):
        import_many(db, tmp_path)

    assert leads_in(db) == 1
    assert verify(db) == 0
    disk.make_room()
    import_many(db, tmp_path)
    assert leads_in(db) == 40_001


def test_every_change_that_was_done_before_the_disk_was_full_stands(db: Database, disk: Disk) -> None:
    disk.fill(MEGABYTE // 2)
    done: list[int] = []

    def save_until_refused() -> None:
        for n in range(1000):
            save_draft(db, f"draft {n}", f"{n} {'x' * 40_000}", NOW, by=BY_TEST)
            done.append(n)

    with pytest.raises(NotWritten, match="no space left"):
        save_until_refused()
    db.close()
    again = open_database(db.path, first_definition=None, clock=NOW)

    with again.cursor() as cursor:
        assert cursor.execute("select count(*) from draft").fetchall() == [(len(done),)]
    assert verify(again) == len(done) > 0
    again.close()


def test_a_backup_without_room_leaves_no_file(db: Database, disk: Disk) -> None:
    disk.fill(MEGABYTE // 2)
    before = left(disk.folder)

    with pytest.raises(NotWritten, match="no space left"):
        backup(db, disk.folder / "b.duckdb")
    with pytest.raises(NotWritten, match="no space left"):
        backup_into(db, disk.folder, 1, NOW)

    assert left(disk.folder) == before
    assert leads_in(db) == 1


def test_no_backup_is_removed_for_one_that_could_not_be_made(db: Database, disk: Disk) -> None:
    kept = backup_into(db, disk.folder / "backups", 1, NOW)
    disk.fill(MEGABYTE // 2)

    with pytest.raises(NotWritten):
        backup_into(db, disk.folder / "backups", 1, NOW + 10_000_000)

    assert {path.name for path in kept.parent.iterdir()} == {kept.name, beside(kept).name}


def test_a_restore_without_room_leaves_the_database_as_it_was(db: Database, disk: Disk, tmp_path: Path) -> None:
    import_many(db, tmp_path)
    backup(db, tmp_path / "b.duckdb")
    db.close()
    size, refused = (tmp_path / "b.duckdb").stat().st_size, 0
    # A restore needs a copy of the backup, and beside it the file it makes of that.
    for tenths in range(0, 20, 2):
        disk.fill(size * tenths // 10)
        before = left(disk.folder)
        try:
            restore(tmp_path / "b.duckdb", db.path, NOW, by=BY_TEST)
        except NotWritten as error:
            told = str(error)
        else:
            break
        refused += 1
        assert "no space left" in told.lower()
        assert left(disk.folder) == before
        disk.make_room()

    assert refused > 6
    again = open_database(db.path, first_definition=None, clock=NOW)
    assert leads_in(again) == 40_001
    again.close()


def test_an_upgrade_without_room_leaves_the_database_at_its_version(
    db: Database, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.close()
    later = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, later)
    (later / f"{len(list(later.iterdir())) + 1:04}_later.sql").write_text(
        "create table later as select md5(i::varchar) as text from range(1000000) as number (i);"
    )
    monkeypatch.setattr(migrating, "MIGRATIONS", later)

    for leave_bytes in (MEGABYTE // 2, 3 * MEGABYTE):
        disk.fill(leave_bytes)
        with pytest.raises(Refused, match="no space left"):
            open_database(db.path, first_definition=None, clock=NOW)
        disk.make_room()

    monkeypatch.setattr(migrating, "MIGRATIONS", MIGRATIONS)
    again = open_database(db.path, first_definition=None, clock=NOW)
    assert leads_in(again) == 1
    again.close()


def test_a_new_database_without_room_leaves_nothing_behind(disk: Disk) -> None:
    disk.fill(8192)

    with pytest.raises(Refused, match=r"[Nn]o space left"):
        open_database(disk.folder / "new.duckdb", first_definition=FIRST_DEFINITION, clock=NOW)

    assert left(disk.folder) == set()


# Where no file system can be made: a process that may write no file longer than so much.

SMALL = """
import sys
from pathlib import Path
import resource
from lib.app.access.granting import claimed
from lib.core.errors import NotWritten
from lib.store.database import open_database
from lib.store.exchange.imports import import_files
from zoneinfo import ZoneInfo
database = open_database(Path(sys.argv[1]), first_definition=None, clock=0)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    import_files(database, [Path(sys.argv[2])], kind="lead", zone=ZoneInfo("UTC"), now=4 * 10**15, by=claimed())
except NotWritten as refused:
    print(refused)
"""


def test_a_file_that_may_grow_no_further_is_told_like_a_full_disk(database_copy: Path, tmp_path: Path) -> None:
    many = many_leads(tmp_path, 30_000)
    limit = database_copy.stat().st_size + MEGABYTE // 4

    said = subprocess.run(
        [sys.executable, "-c", SMALL, str(database_copy), str(many), str(limit)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "could not be written" in said
    assert "Nothing was changed" in said
    with duckdb.connect(str(database_copy)) as kept:
        assert kept.execute("select count(*) from lead").fetchall() == [(1500,)]
