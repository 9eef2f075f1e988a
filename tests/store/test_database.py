"""The database file: created, migrated, refused, shared between threads, written all or nothing."""

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from lib.core.errors import DatabaseRefused
from lib.store.database import Database, open_database, opened
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
    with db.write() as cursor:
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

    assert "cannot be opened" in refusal(db.path)


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

        other.communicate("")
    assert f"process {other.pid} has this database open" in message


def test_a_path_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "h.duckdb"

    assert "there is no folder" in refusal(path)
    assert not path.parent.exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_a_failed_write_leaves_everything_as_it_was(db: Database, rows: Rows) -> None:
    before = db.generation

    with pytest.raises(duckdb.ConstraintException), db.write() as cursor:
        cursor.execute("insert into rep (rep_id) values ('r1'); insert into rep (rep_id) values (null)")

    assert rows("from rep") == []
    assert db.generation == before


def test_an_interrupted_write_leaves_everything_as_it_was(db: Database, rows: Rows) -> None:
    def interrupted() -> None:
        with db.write() as cursor:
            cursor.execute("insert into rep (rep_id) values ('r1')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert rows("from rep") == []


def test_the_generation_grows_with_changes_of_data_only(db: Database) -> None:
    before = db.generation

    with db.write(data=False) as cursor:
        cursor.execute("insert into draft_edit values ('a', 1, now()::timestamp, 'Ana', 'text')")
    assert db.generation == before

    with db.write(keep=False) as cursor:
        cursor.execute("insert into rep (rep_id) values ('r1')")
    assert db.generation == before

    with db.write() as cursor:
        cursor.execute("insert into rep (rep_id) values ('r1')")
    assert db.generation > before


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(db: Database) -> None:
    with db.read() as reader:
        before = reader.execute("select count(*) from rep").fetchall()
        with db.write() as writer:
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
