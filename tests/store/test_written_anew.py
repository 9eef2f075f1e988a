"""A database file written anew: nothing that was deleted is left in it, and nobody reads or writes beside it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from lib.core.errors import NotWritten
from lib.store import database as database_module
from lib.store.database import Database, open_database
from lib.store.keeping.copying import copy_beside
from lib.store.refusals import log_of
from tests.grants import ANYTHING
from tests.store.conftest import FIRST_DEFINITION, NOW, Rows

MARKER = "Marguerite-Marker"


@pytest.fixture
def forgotten(db: Database) -> Database:
    """A database in which a text was changed that its file still has."""
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into rep (rep_id, name) select 'r' || i, ? from range(5000) as t (i)", [MARKER])
    with db.cursor() as cursor:
        cursor.execute("checkpoint")
    with db.write(*ANYTHING) as cursor:
        cursor.execute("update rep set name = 'erased'")
    return db


def files_of(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in (path, log_of(path)) if one.exists())


def test_an_update_alone_leaves_the_text_in_the_file(forgotten: Database) -> None:
    assert MARKER.encode() in files_of(forgotten.path)


def test_a_file_written_anew_has_the_text_no_more_and_everything_else(forgotten: Database, rows: Rows) -> None:
    before = forgotten.path.stat().st_ino

    forgotten.write_anew()

    assert MARKER.encode() not in files_of(forgotten.path)
    assert rows("select count(*), min(name), max(name) from rep") == [(5000, "erased", "erased")]
    assert forgotten.path.stat().st_ino != before
    assert {one.name for one in forgotten.path.parent.glob("h.duckdb*")} <= {"h.duckdb", "h.duckdb.wal"}


def test_a_database_behind_a_link_is_written_anew_where_it_lies(forgotten: Database) -> None:
    forgotten.close()
    elsewhere = forgotten.path.parent / "linked.duckdb"
    elsewhere.symlink_to(forgotten.path)
    linked = open_database(elsewhere, first_definition=FIRST_DEFINITION, clock=NOW)

    linked.write_anew()
    linked.close()

    assert elsewhere.is_symlink()
    assert MARKER.encode() not in files_of(forgotten.path)


def test_what_is_read_was_read_from_another_file(forgotten: Database) -> None:
    before = forgotten.state

    forgotten.write_anew()

    assert forgotten.state.data > before.data
    assert forgotten.state.history > before.history


def test_what_is_written_afterwards_is_in_the_new_file_and_guarded(forgotten: Database) -> None:
    of_a_command = forgotten.used_by("`import`", lambda _: None)
    forgotten.write_anew()

    with of_a_command.write(*ANYTHING) as cursor:
        cursor.execute("insert into rep (rep_id, name) values ('new', 'Ana')")
    forgotten.close()

    again = open_database(forgotten.path, first_definition=FIRST_DEFINITION, clock=NOW)
    with again.cursor() as cursor:
        assert cursor.execute("select name from rep where rep_id = 'new'").fetchall() == [("Ana",)]
        with pytest.raises(duckdb.Error, match="only ever added to"):
            cursor.execute("delete from proposal")
    again.close()


def test_who_reads_is_waited_for_and_who_comes_meanwhile_waits(forgotten: Database) -> None:
    inside, leave = threading.Event(), threading.Event()

    def read_slowly() -> int:
        with forgotten.read() as cursor:
            inside.set()
            assert leave.wait(30)
            # One thing more, while the file wants to be exchanged: it does not wait for itself.
            with forgotten.cursor() as another:
                another.execute("select 1").fetchall()
            ((reps,),) = cursor.execute("select count(*) from rep").fetchall()
            return int(reps)

    with ThreadPoolExecutor(max_workers=2) as threads:
        slow = threads.submit(read_slowly)
        assert inside.wait(30)
        writing = threads.submit(forgotten.write_anew)
        leave.set()
        writing.result(60)

    assert slow.result() == 5000


def test_where_somebody_reads_for_too_long_the_file_stays_as_it_was(
    forgotten: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "READERS_SECONDS", 0.01)
    inside, leave = threading.Event(), threading.Event()

    def read() -> None:
        with forgotten.read():
            inside.set()
            assert leave.wait(30)

    with ThreadPoolExecutor(max_workers=1) as threads:
        reading = threads.submit(read)
        assert inside.wait(30)
        with pytest.raises(NotWritten, match="is being read and was not written anew"):
            forgotten.write_anew()
        leave.set()
        reading.result(30)

    assert rows("select count(*) from rep") == [(5000,)]
    assert [one.name for one in forgotten.path.parent.glob("h.duckdb*.part")] == []


def test_a_file_this_process_has_open_twice_is_not_exchanged(forgotten: Database, rows: Rows) -> None:
    with duckdb.connect(str(forgotten.path), config=_settings()) as twice:
        with pytest.raises(NotWritten, match="is open twice"):
            forgotten.write_anew()
        assert twice.execute("select count(*) from rep").fetchall() == [(5000,)]

    assert rows("select count(*) from rep") == [(5000,)]


def test_readers_and_writers_all_around_find_every_row_and_lose_none(db: Database, rows: Rows) -> None:
    done = threading.Event()

    def write() -> int:
        written = 0
        while not done.is_set():
            with db.write(*ANYTHING) as cursor:
                cursor.execute("insert into rep (rep_id, name) values ('a', 'Ana'), ('b', 'Bo')")
            written += 2
        return written

    def read() -> int:
        odd = 0
        while not done.is_set():
            with db.look() as look, look.cursor() as cursor:
                ((reps,),) = cursor.execute("select count(*) from rep").fetchall()
                odd += reps % 2
        return odd

    with ThreadPoolExecutor(max_workers=4) as threads:
        writing, reading = threads.submit(write), [threads.submit(read) for _ in range(3)]
        for _ in range(5):
            db.write_anew()
        done.set()

    assert rows("select count(*) from rep") == [(writing.result(),)]
    assert sum(one.result() for one in reading) == 0


def test_a_copy_that_cannot_be_made_leaves_the_file_as_it_was(
    forgotten: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database_module, "copy_beside", full)

    with pytest.raises(NotWritten):
        forgotten.write_anew()

    monkeypatch.setattr(database_module, "copy_beside", copy_beside)
    assert rows("select count(*) from rep") == [(5000,)]


def _settings() -> dict[str, str]:
    return {
        "memory_limit": "1000MB",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
