"""Commands while a real server has the database open: they do what they would do alone, through it."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.__main__ import main
from lib.cli.shell.terminal import Terminal
from lib.store.agreement.audit import verify
from lib.store.database import open_database
from lib.store.holder import announce, holder_of
from tests.browser.conftest import started

ROOT = Path(__file__).parents[2]
DB = "handshake.duckdb"


@pytest.fixture(scope="module")
def beside(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the database that a real server has open."""
    folder = tmp_path_factory.mktemp("beside")
    with started(sample_database, folder):
        yield folder


@pytest.fixture
def alone(sample_database: Path, tmp_path: Path) -> Path:
    """A folder with the same database, that nobody has open."""
    shutil.copy(sample_database, tmp_path / DB)
    return tmp_path


def said(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """What a command leaves that is given in a folder: status, output, errors."""
    out, err = io.StringIO(), io.StringIO()
    status = main([*arguments, "--db", DB, "--config", str(ROOT / "config")], Terminal(out, err, False, folder))
    return status, out.getvalue(), err.getvalue().replace(f"{folder}/", "")


def generation(folder: Path) -> int:
    holder = holder_of(folder / DB)
    assert holder is not None
    with urllib.request.urlopen(f"{holder.address}/api/health", timeout=10) as answer:  # noqa: S310
        return int(json.load(answer)["generation"])


@pytest.mark.parametrize(
    "command",
    [
        ["verify"],
        ["problems", "--json", "--as-of", "2026-11-23"],
        ["score", "--definition", "draft.yaml", "--as-of", "2026-11-23"],
        ["preview", "--definition", "draft.yaml", "--from", "2026-06-01", "--to", "2026-11-01"],
        ["funnel", "--json", "--as-of", "2026-11-23"],
        ["sla", "--group", "owner", "--as-of", "2026-11-23"],
        ["route", "--dry-run", "--as-of", "2026-11-23"],
        ["explain", "nobody", "--definition", "draft.yaml"],
        ["score", "--definition", "missing.yaml"],
        ["import", "missing.csv", "--as", "lead"],
        ["sample", "--leads", "10"],
        ["backup", "draft.yaml"],
    ],
    ids=" ".join,
)
def test_a_command_says_the_same_beside_the_app_as_alone(beside: Path, alone: Path, command: list[str]) -> None:
    for folder in (beside, alone):
        shutil.copy(ROOT / "config" / "definition.yaml", folder / "draft.yaml")

    assert said(beside, *command) == said(alone, *command)


def test_an_import_beside_the_app_is_seen_by_it_at_once(beside: Path) -> None:
    (beside / "leads.csv").write_text("lead_id,created_at\nnew1,2026-01-01\nnew2,never\n")
    before = generation(beside)

    status, out, errors = said(beside, "import", "leads.csv", "--as", "lead")

    assert (status, errors) == (0, "")
    assert out.splitlines()[0] == "lead: 2 read, 1 new, 0 changed, 0 the same"
    assert "leads.csv, line 3: created_at 'never' is not a date" in out
    assert generation(beside) == before + 1
    assert said(beside, "explain", "new1", "--definition", str(ROOT / "config" / "definition.yaml"))[0] == 0


def test_files_are_written_where_the_command_was_given(beside: Path) -> None:
    definition = str(ROOT / "config" / "definition.yaml")

    assert said(beside, "score", "--definition", definition, "--out", "scores.csv")[0] == 0
    assert (beside / "scores.csv").read_text().startswith("lead_id,score,")


def test_a_backup_through_the_app_is_whole(beside: Path) -> None:
    assert said(beside, "backup", "b.duckdb") == (0, f"b.duckdb: a backup of {DB}\n", "")

    copied = open_database(beside / "b.duckdb", first_definition=None, clock=0)
    assert verify(copied) >= 0
    copied.close()


def test_nothing_is_restored_under_the_app(beside: Path, sample_database: Path) -> None:
    status, _, errors = said(beside, "restore", str(sample_database))

    assert status == 1
    assert errors.startswith(f"{DB}: the app at http://127.0.0.1:")
    assert errors.endswith("Stop it, restore, and start it again.\n")


def test_only_its_owner_can_read_the_token(beside: Path) -> None:
    assert (beside / f"{DB}.app").stat().st_mode & 0o777 == 0o600


def test_a_command_with_another_token_is_not_carried_out(beside: Path, tmp_path: Path) -> None:
    real = holder_of(beside / DB)
    assert real is not None
    note = beside / f"{DB}.app"
    content = note.read_text()
    note.write_text(content.replace(real.token, "x" * 43))
    try:
        status, _, errors = said(beside, "verify")
    finally:
        note.write_text(content)

    assert status == 1
    assert "does not carry out commands from here (it answers 401)" in errors


def test_a_note_that_others_may_write_is_not_believed(beside: Path) -> None:
    note = beside / f"{DB}.app"
    real = holder_of(beside / DB)
    note.chmod(0o666)
    try:
        status, _, errors = said(beside, "verify")
    finally:
        note.chmod(0o600)

    assert real is not None
    assert status == 1
    assert errors == f"{DB}: process {real.process} has this database open. Wait until it is done, or stop it.\n"


# A run that was started in the background ignores Ctrl+C, and so does all that it starts.
INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("lib", run_name="__main__", alter_sys=True)
"""


def test_an_interrupted_command_changes_nothing(beside: Path) -> None:
    """The terminal goes away in the middle of an import too long to end before; the app rolls it back."""
    with (beside / "long.csv").open("w") as file:
        file.write("lead_id,created_at\n")
        file.writelines(f"long{n},2026-01-01\n" for n in range(1_600_000))
    before = generation(beside)
    command = ["import", "long.csv", "--as", "lead", "--db", DB, "--config", str(ROOT / "config")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    terminal, ours = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *command],
        cwd=beside,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=ours,
    ) as process:
        os.read(terminal, 1)  # The first word of its progress.
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=30)
    os.close(terminal)
    os.close(ours)

    # The next change gets its turn only when the interrupted one is over.
    assert said(beside, "import", "leads.csv", "--as", "lead")[0] == 0
    assert status == 130
    assert generation(beside) == before + 1
    assert said(beside, "explain", "long1", "--definition", str(ROOT / "config" / "definition.yaml"))[0] == 1


def test_a_link_to_the_database_finds_the_app_too(beside: Path, tmp_path: Path) -> None:
    (tmp_path / DB).symlink_to(beside / DB)

    assert said(tmp_path, "verify")[0] == 0


def test_the_note_of_an_app_that_was_killed_is_in_nobodys_way(alone: Path) -> None:
    announce(alone / DB, "http://127.0.0.1:9", "stale")

    assert said(alone, "verify")[0] == 0


def test_a_note_half_written_or_of_something_else_is_no_apps(tmp_path: Path) -> None:
    for content in ("", "{", "[]", '{"process": 1}', '{"process": 1, "address": "a", "token": "t", "other": 1}'):
        (tmp_path / f"{DB}.app").write_text(content)
        (tmp_path / f"{DB}.app").chmod(0o600)

        assert holder_of(tmp_path / DB) is None


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o604, 0o602])
def test_a_note_that_the_group_or_others_may_read_or_write_is_passed_over(tmp_path: Path, mode: int) -> None:
    note = tmp_path / f"{DB}.app"
    announced = announce(tmp_path / DB, "http://127.0.0.1:9", "token")
    found = holder_of(tmp_path / DB)

    note.chmod(mode)

    assert found == announced
    assert holder_of(tmp_path / DB) is None
