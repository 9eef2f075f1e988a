"""The database file: created, migrated, refused, shared between threads, written all or nothing."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from lib.core.errors import DatabaseHeld, DatabaseRefused, NotWritten
from lib.store import migrating
from lib.store.database import Database, open_database, opened
from lib.store.migrating import MIGRATIONS, before_version
from tests.grants import ANYTHING
from tests.store.conftest import FIRST_DEFINITION, NOW, Rows


def refusal(path: Path) -> str:
    with pytest.raises(DatabaseRefused) as refused:
        open_database(path, first_definition=FIRST_DEFINITION, clock=NOW)
    return str(refused.value)


def test_a_new_database_holds_the_first_definition_as_the_agreed_version(db: Database, rows: Rows) -> None:
    sha256 = hashlib.sha256(FIRST_DEFINITION.encode()).hexdigest()

    versions = rows("select number, text, sha256, state from version_as_of(timestamp '2026-06-01')")

    assert db.fresh
    assert versions == [(1, FIRST_DEFINITION, sha256, "agreed")]


def test_opening_again_changes_nothing(db: Database) -> None:
    db.close()

    again = open_database(db.path, first_definition="name: other\n", clock=NOW + 1)

    with again.cursor() as cursor:
        assert cursor.execute("select text from proposal").fetchall() == [(FIRST_DEFINITION,)]
        assert cursor.execute("select distinct epoch_us(applied_at) from migration").fetchall() == [(NOW,)]
    assert not again.fresh
    again.close()


def test_a_database_written_by_newer_code_is_refused(db: Database) -> None:
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into migration values (999, now()::timestamp)")
    db.close()

    assert "was written by a newer Handshake (version 999" in refusal(db.path)


def test_a_text_file_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.duckdb"
    path.write_text("not a database\n" * 1000)

    assert "is not a Handshake database" in refusal(path)
    assert path.read_text().startswith("not a database")


def test_a_duckdb_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("create table invoice (id integer)")

    assert "is a DuckDB file of something else" in refusal(path)


def test_a_damaged_database_is_refused(db: Database) -> None:
    db.close()
    content = bytearray(db.path.read_bytes())
    content[4096:12288] = bytes(8192)
    db.path.write_bytes(content)

    assert "is damaged and cannot be opened" in refusal(db.path)
    assert "`python -m lib restore FILE`" in refusal(db.path)
    assert db.path.read_bytes() == bytes(content)


def test_damage_that_is_found_while_reading_is_said_with_the_way_out(db: Database) -> None:
    with pytest.raises(DatabaseRefused, match=r"is damaged .*`python -m lib restore FILE`"), db.cursor():
        raise duckdb.SerializationException("Corrupt database file: computed checksum 1 does not match")


@pytest.mark.parametrize(
    "write", [Path.touch, lambda path: path.with_name(path.name + ".wal").write_text("x")], ids=["empty", "log alone"]
)
def test_no_new_database_is_put_where_one_was_lost(tmp_path: Path, write: Callable[[Path], object]) -> None:
    write(tmp_path / "h.duckdb")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    message = refusal(tmp_path / "h.duckdb")

    assert "is empty" in message or "is missing, though its log 'h.duckdb.wal' is there" in message
    assert "python -m lib restore FILE" in message
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def let_others_in(folder: Path) -> None:
    """Pytest makes its folders for its user alone; how deep they lie depends on how many run side by side."""
    for one in (folder, *folder.parents):
        if one in (Path(tempfile.gettempdir()), Path(one.anchor)):
            break
        one.chmod(0o755)


def as_somebody_else(path: Path) -> str:
    """What is said to a user without rights, who is not who runs the tests."""
    code = """
import os, sys
from pathlib import Path
import lib.store.database
from lib.core.errors import DatabaseRefused
if os.getuid() == 0:
    os.setuid(65534)
try:
    lib.store.database.open_database(Path(sys.argv[1]), first_definition="", clock=0)
except DatabaseRefused as refused:
    print(refused)
"""
    asked = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    return asked.stdout


def test_a_file_without_the_right_to_write_it_is_refused_and_stays(db: Database) -> None:
    db.close()
    let_others_in(db.path.parent)
    db.path.chmod(0o444)
    before = db.path.read_bytes()

    assert "may not be read and written by this user" in as_somebody_else(db.path)
    assert db.path.read_bytes() == before


def test_a_folder_without_the_right_to_write_there_is_refused(tmp_path: Path) -> None:
    let_others_in(tmp_path)
    tmp_path.chmod(0o555)

    message = as_somebody_else(tmp_path / "h.duckdb")
    tmp_path.chmod(0o755)

    assert f"nothing may be written in its folder '{tmp_path}'" in message


def test_a_database_that_another_process_has_open_is_refused_with_its_number(db: Database) -> None:
    db.close()
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(db.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout is not None
        other.stdout.readline()

        message = refusal(db.path)
        with pytest.raises(DatabaseHeld) as refused:
            open_database(db.path, first_definition=FIRST_DEFINITION, clock=NOW)
        held = refused.value.process

        other.communicate("")
    assert f"process {other.pid} has this database open" in message
    assert held == other.pid


def test_a_path_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "h.duckdb"

    assert "there is no folder" in refusal(path)
    assert not path.parent.exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


# Migrations.

NEWEST = len(list(MIGRATIONS.glob("0*.sql")))


@pytest.fixture
def migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to take some away and to add others."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    monkeypatch.setattr(migrating, "MIGRATIONS", folder)
    return folder


def at_version(version: int, path: Path, migrations: Path) -> None:
    """A database as the code of that version left it, with a rep in it."""
    with duckdb.connect(str(path)) as old:
        old.execute("create table migration (number integer primary key, applied_at timestamp)")
        for number, migration in enumerate(sorted(migrations.iterdir())[:version], start=1):
            old.execute(migration.read_text(encoding="utf-8"))
            old.execute("insert into migration values (?, timestamp '2026-01-01')", [number])
            if number == 1:
                first = "(1, 'name: first\n', sha256('name: first\n'), 'agreed', timestamp '2026-01-01', null)"
                old.execute(f"insert into definition_version values {first}")
        old.execute("insert into rep (rep_id) values ('r1')")


@pytest.mark.parametrize("version", range(1, NEWEST))
def test_a_database_of_any_earlier_version_is_copied_and_then_brought_up_to_date(
    version: int, tmp_path: Path, migrations: Path
) -> None:
    path = tmp_path / "h.duckdb"
    at_version(version, path, migrations)

    now = open_database(path, first_definition="", clock=NOW)

    with now.cursor() as cursor:
        assert cursor.execute("select rep_id from rep").fetchall() == [("r1",)]
        assert cursor.execute("select text from proposal").fetchall() == [(FIRST_DEFINITION,)]
        assert cursor.execute("select max(number) from migration").fetchall() == [(NEWEST,)]
    now.close()
    with duckdb.connect(str(before_version(path, NEWEST))) as before:
        assert before.execute("select max(number) from migration").fetchall() == [(version,)]
        assert before.execute("select rep_id from rep").fetchall() == [("r1",)]


def test_a_migration_that_fails_leaves_the_database_at_the_version_it_had(tmp_path: Path, migrations: Path) -> None:
    path = tmp_path / "h.duckdb"
    at_version(NEWEST, path, migrations)
    (migrations / f"{NEWEST + 1:04}_new.sql").write_text("create table new_table (n integer); delete from rep;")
    (migrations / f"{NEWEST + 2:04}_fails.sql").write_text("insert into new_table values (1); select error('no');")

    message = refusal(path)

    assert f"could not be brought from version {NEWEST} to {NEWEST + 2}" in message
    assert f"'h.before-version-{NEWEST + 2}.duckdb' is a copy of it" in message
    with duckdb.connect(str(path)) as kept:
        assert kept.execute("select max(number) from migration").fetchall() == [(NEWEST,)]
        assert kept.execute("select rep_id from rep").fetchall() == [("r1",)]
        assert kept.execute("select 1 from duckdb_tables() where table_name = 'new_table'").fetchall() == []


def test_a_new_database_needs_no_copy_of_nothing(db: Database) -> None:
    assert list(db.path.parent.glob("*before-version*")) == []


# Writing.


def test_who_has_to_wait_for_another_change_hears_whose(db: Database) -> None:
    inside, done, told = threading.Event(), threading.Event(), []

    def importing() -> None:
        with db.used_by("import leads.csv", lambda _: None).write(*ANYTHING) as cursor:
            inside.set()
            done.wait(10)
            cursor.execute("insert into rep (rep_id) values ('r1')")

    first = threading.Thread(target=importing)
    first.start()
    inside.wait(10)

    def waiting(whose: str) -> None:
        told.append(whose)
        done.set()

    with db.used_by("import reps.csv", waiting).write(*ANYTHING) as cursor:
        seen = cursor.execute("select rep_id from rep").fetchall()
    first.join()

    assert told == ["import leads.csv"]
    assert seen == [("r1",)]


@pytest.mark.parametrize(
    "error",
    [
        duckdb.IOException("Could not write file: No space left on device"),
        duckdb.TransactionException("Failed to commit: Could not write file: No space left on device"),
        duckdb.FatalException("database has been invalidated"),
        duckdb.OutOfMemoryException("failed to offload data block"),
        duckdb.IOException("Could not fsync file: Input/output error"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_disk_that_fails_is_said_in_words_a_page_can_show(db: Database, error: Exception) -> None:
    with pytest.raises(NotWritten, match="Nothing was changed"), db.write(*ANYTHING):
        raise error


def test_a_fault_of_ours_is_not_taken_for_one_of_the_disk(db: Database) -> None:
    with pytest.raises(duckdb.ConstraintException), db.write(*ANYTHING) as cursor:
        cursor.execute("insert into rep (rep_id) values (null)")


def test_a_failed_write_leaves_everything_as_it_was(db: Database, rows: Rows) -> None:
    before = db.state.data

    with pytest.raises(duckdb.ConstraintException), db.write(*ANYTHING) as cursor:
        cursor.execute("insert into rep (rep_id) values ('r1'); insert into rep (rep_id) values (null)")

    assert rows("from rep") == []
    assert db.state.data == before


def test_an_interrupted_write_leaves_everything_as_it_was(db: Database, rows: Rows) -> None:
    def interrupted() -> None:
        with db.write(*ANYTHING) as cursor:
            cursor.execute("insert into rep (rep_id) values ('r1')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert rows("from rep") == []


def test_the_generation_grows_with_changes_of_data_only(db: Database) -> None:
    before = db.state.data

    with db.write(*ANYTHING, data=False) as cursor:
        cursor.execute("insert into draft_edit values ('a', 1, now()::timestamp, 'Ana', 'text')")
    assert db.state.data == before

    with db.rehearse() as cursor:
        cursor.execute("insert into rep (rep_id) values ('r1')")
    assert db.state.data == before

    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into rep (rep_id) values ('r1')")
    assert db.state.data > before


def test_what_is_computed_from_leads_and_activities_stays_good_where_only_events_change(db: Database) -> None:
    before, history_before = db.state.data, db.state.history

    with db.write(*ANYTHING, history=False) as cursor:
        cursor.execute("insert into rep (rep_id) values ('r1')")
    assert (db.state.data > before, db.state.history) == (True, history_before)

    with db.write(*ANYTHING, data=False) as cursor:
        cursor.execute("insert into draft_edit values ('b', 1, now()::timestamp, 'Ana', 'text')")
    assert db.state.history == history_before

    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into rep (rep_id) values ('r2')")
    assert db.state.history > history_before


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(db: Database) -> None:
    with db.read() as reader:
        before = reader.execute("select count(*) from rep").fetchall()
        with db.write(*ANYTHING) as writer:
            writer.execute("insert into rep (rep_id) values ('r1')")

        again = reader.execute("select count(*) from rep").fetchall()

    assert before == again == [(0,)]


def test_threads_get_their_own_rows(db: Database) -> None:
    def asked(number: int) -> bool:
        with db.cursor() as cursor:
            return cursor.execute("select ?, count(*) from range(1000)", [number]).fetchall() == [(number, 1000)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(asked, range(400)))

    assert all(answers)


def test_a_database_made_for_work_that_is_refused_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"

    with pytest.raises(RuntimeError), opened(path, first_definition=FIRST_DEFINITION, clock=NOW):
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_there_outlives_refused_work(db: Database) -> None:
    db.close()

    with pytest.raises(RuntimeError), opened(db.path, first_definition=FIRST_DEFINITION, clock=NOW):
        raise RuntimeError

    assert db.path.exists()


def test_instants_are_utc_whatever_the_machine_says(rows: Rows) -> None:
    assert rows("select current_setting('TimeZone')") == [("UTC",)]
