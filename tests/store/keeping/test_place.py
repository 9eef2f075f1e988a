"""A database whose file is moved or replaced while it is open: no change is said to be kept that is nowhere."""

import shutil
from pathlib import Path

import pytest

from lib.core.errors import DatabaseMoved
from lib.store.agreement.drafts import save_draft
from lib.store.backups import backup
from lib.store.database import Database, open_database
from tests.grants import ANYTHING, BY_TEST
from tests.store.conftest import NOW


def drafts_in(path: Path) -> list[str]:
    database = open_database(path, first_definition=None, clock=NOW)
    with database.cursor() as cursor:
        names = [name for (name,) in cursor.execute("select name from draft order by name").fetchall()]
    database.close()
    return names


def test_a_change_of_a_database_that_was_moved_is_refused_with_the_way_out(db: Database, tmp_path: Path) -> None:
    save_draft(db, "before", "text", NOW, by=BY_TEST)
    db.path.rename(tmp_path / "elsewhere.duckdb")

    with pytest.raises(
        DatabaseMoved, match=r"h\.duckdb: is not there any more .* put the file back.* Nothing was changed"
    ):
        save_draft(db, "after", "text", NOW, by=BY_TEST)
    with pytest.raises(DatabaseMoved):
        backup(db, tmp_path / "b.duckdb")

    db.close()
    assert not (tmp_path / "b.duckdb").exists()


def test_put_back_it_goes_on(db: Database, tmp_path: Path) -> None:
    db.path.rename(tmp_path / "elsewhere.duckdb")
    with pytest.raises(DatabaseMoved):
        save_draft(db, "lost", "text", NOW, by=BY_TEST)

    (tmp_path / "elsewhere.duckdb").rename(db.path)

    save_draft(db, "kept", "text", NOW, by=BY_TEST)
    db.close()
    assert drafts_in(db.path) == ["kept"]


def test_a_file_put_in_its_place_is_not_taken_for_the_one_that_is_open(db: Database, tmp_path: Path) -> None:
    backup(db, tmp_path / "b.duckdb")
    shutil.copyfile(tmp_path / "b.duckdb", tmp_path / "new.duckdb")
    (tmp_path / "new.duckdb").replace(db.path)

    with pytest.raises(DatabaseMoved, match="is another file than the one that is open"):
        save_draft(db, "lost", "text", NOW, by=BY_TEST)

    db.close()
    assert drafts_in(db.path) == []


def test_a_file_moved_while_a_change_is_made_keeps_nothing_of_it(db: Database, tmp_path: Path) -> None:
    def moved_meanwhile() -> None:
        with db.write(*ANYTHING) as cursor:
            cursor.execute("insert into rep (rep_id) values ('r1')")
            db.path.rename(tmp_path / "elsewhere.duckdb")

    with pytest.raises(DatabaseMoved):
        moved_meanwhile()

    (tmp_path / "elsewhere.duckdb").rename(db.path)
    with db.cursor() as cursor:
        assert cursor.execute("from rep").fetchall() == []


def test_a_database_named_from_the_folder_one_works_in_stays_where_it_was(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.close()
    monkeypatch.chdir(tmp_path)
    relative = open_database(Path("h.duckdb"), first_definition=None, clock=NOW)
    monkeypatch.chdir("/")

    save_draft(relative, "kept", "text", NOW, by=BY_TEST)

    monkeypatch.chdir(tmp_path)
    relative.close()
    assert drafts_in(db.path) == ["kept"]


def test_a_link_to_another_database_is_noticed(db: Database, tmp_path: Path) -> None:
    db.close()
    other = tmp_path / "other.duckdb"
    shutil.copyfile(db.path, other)
    link = tmp_path / "link.duckdb"
    link.symlink_to(db.path)
    linked = open_database(link, first_definition=None, clock=NOW)
    link.unlink()
    link.symlink_to(other)

    with pytest.raises(DatabaseMoved):
        save_draft(linked, "lost", "text", NOW, by=BY_TEST)

    linked.close()
