"""What killed processes left is swept, and nothing of anybody else's; what is made is its owner's alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

from lib.store.backups import backup_into
from lib.store.database import Database
from lib.store.keeping.leftovers import drops_of, sweep, sweep_drops
from tests.store.conftest import NOW

ROOT = Path(__file__).parents[3]


def test_what_killed_processes_left_is_swept_and_nothing_else(db: Database, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    made = backup_into(db, backups, 3, NOW)
    stays = [
        tmp_path / "h.before-version-9.duckdb",
        tmp_path / "h.replaced-20260601T000000Z.duckdb",
        tmp_path / "mine.part",
        tmp_path / "other.duckdb.copying",
        backups / "h-mine.duckdb.part",
        backups / "other-20260601T000000Z.duckdb.part",
        tmp_path / "h.duckdb.tmp" / f"duckdb_temp_{os.getpid()}_0_storage_DEFAULT-0.tmp",
    ]
    left = [
        *(tmp_path / f"h.duckdb.copying{end}" for end in ("", ".wal", ".wal.checkpoint")),
        *(tmp_path / f"h.duckdb.restoring{end}" for end in ("", ".wal", ".copying", ".copying.wal")),
        tmp_path / "h.duckdb.app.part",
        tmp_path / "h.before-version-13.duckdb.part",
        backups / "h-20260601T000001Z.duckdb.part",
        backups / "h-20260601T000001Z.duckdb.part.wal",
        backups / "h-20260601T000001Z.duckdb.head.json.part",
        tmp_path / "h.duckdb.tmp" / "duckdb_temp_1_0_storage_DEFAULT-0.tmp",
        drops_of(db.path) / "leads.csv",
    ]
    (tmp_path / "h.duckdb.tmp").mkdir()
    for file in (*stays, *left):
        file.write_text("x")

    sweep(db.path, backups)

    assert [file for file in left if file.exists()] == []
    assert [file for file in (*stays, made, db.path) if not file.exists()] == []


def test_files_that_arrive_lie_beside_the_database_where_nobody_else_may_look(db: Database) -> None:
    folder = drops_of(db.path)
    (folder / "leads.csv").write_text("x")

    assert folder.parent == db.path.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    sweep_drops(db.path)
    assert not folder.exists()


def test_where_there_is_nothing_to_sweep_nothing_happens(db: Database, tmp_path: Path) -> None:
    sweep(db.path, tmp_path / "backups")
    sweep_drops(db.path)

    assert {path.name for path in tmp_path.iterdir()} <= {"h.duckdb", "h.duckdb.wal"}


def test_whatever_a_command_makes_is_its_users_alone(tmp_path: Path) -> None:
    commands = (
        ["sample", "--leads", "50", "--end", "2026-11-23"],
        ["backup", str(tmp_path / "b.duckdb")],
        ["agreement", "--out", str(tmp_path / "agreement.md")],
        ["restore", str(tmp_path / "b.duckdb")],
    )

    for command in commands:
        given = [*command, "--db", str(tmp_path / "h.duckdb"), "--config", str(ROOT / "config")]
        # As from a shell that lets everybody read what it makes.
        subprocess.run([sys.executable, "-m", "lib", *given], check=True, cwd=ROOT, umask=0o022, capture_output=True)

    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert {"h.duckdb", "b.duckdb", "b.duckdb.head.json", "agreement.md"} < made.keys()
    assert any("replaced" in name for name in made)
    assert set(made.values()) == {0o600}
