"""Backups: consistent while people write, a number of them kept, put back only when they hold."""

import errno
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from lib.core.agreement.audit import AuditBroken
from lib.core.errors import DatabaseHeld, DatabaseRefused, NotFound, NotWritten, Refused
from lib.core.time.clock import MICROSECONDS
from lib.store import migrating
from lib.store.agreement.audit import load_entries, verify
from lib.store.agreement.drafts import save_draft
from lib.store.backups import backup, backup_into, kept_in, restore
from lib.store.database import Database, open_database
from lib.store.keeping import copying
from lib.store.keeping.heads import beside
from tests.grants import ANYTHING, BY_TEST
from tests.store.conftest import NOW, Import, Rows, Write

DAY = 86_400 * MICROSECONDS


def reps_in(path: Path) -> list[str]:
    database = open_database(path, first_definition=None, clock=NOW)
    with database.cursor() as cursor:
        reps = [rep for (rep,) in cursor.execute("select rep_id from rep order by rep_id").fetchall()]
    database.close()
    return reps


def add_rep(db: Database, rep_id: str) -> None:
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into rep (rep_id) values (?)", [rep_id])


@pytest.fixture
def kept(db: Database, tmp_path: Path) -> Path:
    """A backup with one rep; the database has had a second one since, and is closed."""
    add_rep(db, "r1")
    file = tmp_path / "kept.duckdb"
    backup(db, file)
    add_rep(db, "r2")
    db.close()
    return file


def test_a_backup_holds_all_there_is_and_is_guarded_when_opened(
    db: Database, tmp_path: Path, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")
    load(write("events.csv", "event_id,lead_id,occurred_at,kind\n1,a,2026-01-02,mql\n"), kind="handoff_event")
    save_draft(db, "mine", "text", NOW, by=BY_TEST)

    backup(db, tmp_path / "b.duckdb")

    copied = open_database(tmp_path / "b.duckdb", first_definition=None, clock=NOW)
    with copied.cursor() as cursor:
        for table in ("lead", "handoff_event", "handoff", "audit_entry", "draft", "kept_cycle", "import_run"):
            assert cursor.execute(f"from {table}").fetchall() == rows(f"from {table}")
    with pytest.raises(duckdb.Error, match="only ever added to"), copied.write(*ANYTHING) as cursor:
        cursor.execute("delete from audit_entry")
    assert verify(copied) == verify(db) == 3
    copied.close()


def test_a_backup_made_while_others_write_is_of_one_instant(db: Database, tmp_path: Path) -> None:
    with db.write(*ANYTHING) as cursor:
        cursor.execute("create table both_sides (side varchar, n integer)")
    stop = threading.Event()

    def writing() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            with db.write(*ANYTHING) as cursor:
                cursor.execute("insert into both_sides values ('a', ?)", [n])
                cursor.execute("insert into both_sides select 'b', ? from range(50)", [n])

    writer = threading.Thread(target=writing)
    writer.start()
    try:
        for n in range(5):
            backup(db, tmp_path / f"{n}.duckdb")
    finally:
        stop.set()
        writer.join()

    for n in range(5):
        with duckdb.connect(str(tmp_path / f"{n}.duckdb")) as copied:
            assert copied.execute("select count(*) from both_sides group by n having count(*) <> 51").fetchall() == []


@pytest.mark.parametrize("name", ["copied.duckdb", 'it\'s "mine".duckdb', "two words.duckdb", "a.b.duckdb", "main"])
def test_a_database_of_any_name_is_backed_up_into_a_file_of_any_name(tmp_path: Path, name: str) -> None:
    database = open_database(tmp_path / name, first_definition="x", clock=NOW)
    add_rep(database, "r1")

    backup(database, tmp_path / f"copy of {name}")

    database.close()
    assert reps_in(tmp_path / f"copy of {name}") == ["r1"]


def test_a_backup_overwrites_nothing(db: Database, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("dear diary")

    with pytest.raises(NotWritten, match="is there already"):
        backup(db, tmp_path / "mine.txt")

    assert (tmp_path / "mine.txt").read_text() == "dear diary"


def test_a_backup_that_cannot_be_written_leaves_no_file(db: Database, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())

    with pytest.raises(NotWritten, match="there is no folder"):
        backup(db, tmp_path / "nowhere" / "b.duckdb")

    assert set(tmp_path.iterdir()) == before


def test_a_backup_is_as_private_as_the_database(db: Database, tmp_path: Path) -> None:
    db.path.chmod(0o600)

    backup(db, tmp_path / "b.duckdb")

    assert (tmp_path / "b.duckdb").stat().st_mode & 0o777 == 0o600


def test_a_backup_on_another_disk_is_carried_over_and_whole(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rep(db, "r1")
    rename = Path.replace

    def across(path: Path, target: Path) -> Path:
        if path.name.endswith(".copying"):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", across)
    backup(db, tmp_path / "b.duckdb")

    assert reps_in(tmp_path / "b.duckdb") == ["r1"]
    assert not [path.name for path in tmp_path.iterdir() if path.name.endswith((".copying", ".part"))]


def test_a_copy_that_does_not_read_back_as_it_was_is_no_backup(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rep(db, "r1")
    before = {path.name for path in tmp_path.iterdir()}
    # As if the disk had kept one row fewer.
    written = copying._written
    monkeypatch.setattr(copying, "_written", lambda *given: {**written(*given), "rep": (2, 0)})

    with pytest.raises(DatabaseRefused, match=r"does not hold what was written \(table 'rep'\)"):
        backup(db, tmp_path / "b.duckdb")

    assert {path.name for path in tmp_path.iterdir()} == before


def test_only_the_newest_backups_of_a_folder_are_kept_and_nothing_else_is_touched(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    others = {folder / "h-mine.duckdb", folder / "notes.txt", folder / "other-20200101T000000Z.duckdb"}
    for other in others:
        other.write_text("x")

    for n in range(4):
        newest = backup_into(db, folder, 2, NOW + n * DAY)

    assert [one.made_at for one in kept_in(folder, db.path)] == [NOW + 3 * DAY, NOW + 2 * DAY]
    assert newest.name == "h-20260604T000000Z.duckdb"
    assert others < set(folder.iterdir())
    assert {path for path in folder.iterdir() if path not in others} == {
        file for one in kept_in(folder, db.path) for file in (one.path, beside(one.path))
    }


def test_a_backup_is_put_back_and_what_it_replaces_is_kept(kept: Path, db: Database) -> None:
    replaced = restore(kept, db.path, NOW, by=BY_TEST).replaced

    assert reps_in(db.path) == ["r1"]
    assert replaced == db.path.with_name("h.replaced-20260601T000000Z.duckdb")
    assert reps_in(replaced) == ["r1", "r2"]
    assert not list(db.path.parent.glob("*.restoring*"))


def test_what_was_restored_says_so(kept: Path, db: Database) -> None:
    restore(kept, db.path, NOW, by=BY_TEST)

    restored = open_database(db.path, first_definition=None, clock=NOW)
    (entry,) = load_entries(restored, "restored")
    assert json.loads(entry.detail)["file"] == "kept.duckdb"
    assert verify(restored) == 1
    restored.close()


def test_restoring_twice_in_a_second_keeps_both_that_were_replaced(kept: Path, db: Database) -> None:
    first, second = restore(kept, db.path, NOW, by=BY_TEST).replaced, restore(kept, db.path, NOW, by=BY_TEST).replaced

    assert first is not None
    assert second is not None
    assert [reps_in(first), reps_in(second)] == [["r1", "r2"], ["r1"]]


def test_a_backup_is_put_back_where_there_is_no_database(kept: Path, tmp_path: Path) -> None:
    assert restore(kept, tmp_path / "new.duckdb", NOW, by=BY_TEST).replaced is None
    assert reps_in(tmp_path / "new.duckdb") == ["r1"]


@pytest.mark.parametrize("log", [True, False], ids=["with a log", "without"])
def test_a_database_too_damaged_to_open_is_kept_with_its_log(kept: Path, db: Database, log: bool) -> None:
    db.path.write_bytes(b"x" * 20_000)
    if log:
        db.path.with_name("h.duckdb.wal").write_bytes(b"y" * 99)

    replaced = restore(kept, db.path, NOW, by=BY_TEST).replaced

    assert reps_in(db.path) == ["r1"]
    assert replaced is not None
    assert replaced.read_bytes() == b"x" * 20_000
    assert replaced.with_name(replaced.name + ".wal").exists() == log


def test_a_log_left_alone_is_not_taken_for_the_backups(kept: Path, db: Database) -> None:
    db.path.unlink()
    db.path.with_name("h.duckdb.wal").write_bytes(b"y" * 99)

    restore(kept, db.path, NOW, by=BY_TEST)

    assert reps_in(db.path) == ["r1"]


def spoilt(kept: Path, how: str) -> Path:
    match how:
        case "missing":
            kept.unlink()
        case "text":
            kept.write_text("not a database\n" * 1000)
        case "empty":
            kept.write_bytes(b"")
        case "damaged":
            content = bytearray(kept.read_bytes())
            content[4096:12288] = bytes(8192)
            kept.write_bytes(content)
        case "something else":
            kept.unlink()
            with duckdb.connect(str(kept)) as other:
                other.execute("create table invoice (n integer)")
        case "nothing in it":
            kept.unlink()
            duckdb.connect(str(kept)).close()
        case "newer":
            with duckdb.connect(str(kept)) as newer:
                newer.execute("insert into migration values (999, now()::timestamp)")
        case "audit broken":
            with duckdb.connect(str(kept)) as altered:
                altered.execute("insert into draft_edit values ('a', 1, now()::timestamp, 'Ana', 'text')")
    return kept


@pytest.mark.parametrize(
    "how", ["missing", "text", "empty", "damaged", "something else", "nothing in it", "newer", "audit broken"]
)
def test_a_backup_that_does_not_hold_is_refused_and_the_database_stays(kept: Path, db: Database, how: str) -> None:
    file = spoilt(kept, how)
    before = {path.name: path.read_bytes() for path in db.path.parent.iterdir()}

    with pytest.raises(Refused) as refused:
        restore(file, db.path, NOW, by=BY_TEST)

    assert isinstance(refused.value, DatabaseRefused | NotFound)
    assert not isinstance(refused.value, AuditBroken)
    assert str(refused.value).startswith(str(file))
    assert {path.name: path.read_bytes() for path in db.path.parent.iterdir()} == before
    assert reps_in(db.path) == ["r1", "r2"]


def test_a_database_is_not_restored_over_itself(kept: Path, db: Database) -> None:
    with pytest.raises(DatabaseRefused, match="is the database itself"):
        restore(db.path, db.path, NOW, by=BY_TEST)


def test_nothing_is_restored_while_another_process_has_the_database_open(kept: Path, db: Database) -> None:
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(db.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout is not None
        other.stdout.readline()

        with pytest.raises(DatabaseHeld, match=f"process {other.pid} has this database open"):
            restore(kept, db.path, NOW, by=BY_TEST)

        other.communicate("")
    assert reps_in(db.path) == ["r1", "r2"]


def test_an_older_backup_is_brought_up_to_date_and_stays_as_it_is(
    kept: Path, db: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrations = tmp_path / "migrations"
    shutil.copytree(migrating.MIGRATIONS, migrations)
    (migrations / "9999_later.sql").write_text("create table later (n integer)")
    for number, file in enumerate(sorted(migrations.iterdir()), start=1):
        file.rename(migrations / f"{number:04}_{file.name[5:]}")
    monkeypatch.setattr(migrating, "MIGRATIONS", migrations)
    before = kept.read_bytes()

    restore(kept, db.path, NOW, by=BY_TEST)

    with duckdb.connect(str(db.path)) as restored:
        assert restored.execute("from later").fetchall() == []
    assert kept.read_bytes() == before
    assert not list(tmp_path.glob("*before-version*restoring*"))


def test_a_database_that_must_exist_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefused, match="holds nothing"):
        open_database(tmp_path / "h.duckdb", first_definition=None, clock=NOW)

    assert list(tmp_path.iterdir()) == []
