"""A command speaks to the terminal it was given at, and finds files from there, not from where the process is."""

import io
from pathlib import Path

import pytest

from lib.__main__ import main
from lib.cli.shell.terminal import Terminal
from tests.cli.conftest import ROOT, SHIPPED

LEADS = "lead_id;created_at\na;2026-01-01\n"


def elsewhere(folder: Path, *, watched: bool = False) -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), watched, folder)


def test_all_a_command_says_goes_to_its_own_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "leads.csv").write_text(LEADS)
    terminal = elsewhere(tmp_path, watched=True)

    status = main(
        ["import", "leads.csv", "--as", "lead", "--db", "h.duckdb", "--config", str(ROOT / "config")], terminal
    )

    assert status == 0
    assert terminal.out.getvalue() == "lead: 1 read, 1 new, 0 changed, 0 the same\n"
    assert terminal.err.getvalue().endswith("100% Done\n")
    assert capsys.readouterr() == ("", "")


def test_what_is_refused_is_said_there_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = elsewhere(tmp_path)

    status = main(["verify", "--db", "h.duckdb", "--config", str(ROOT / "config")], terminal)

    assert status == 1
    assert terminal.err.getvalue().startswith("h.duckdb: there is no database.")
    assert capsys.readouterr() == ("", "")


def test_files_are_written_where_the_terminal_is(tmp_path: Path, sample_database: Path) -> None:
    terminal = elsewhere(tmp_path)
    (tmp_path / "draft.yaml").write_text(Path(SHIPPED).read_text(encoding="utf-8"), encoding="utf-8")
    common = ["--definition", "draft.yaml", "--db", str(sample_database), "--config", str(ROOT / "config")]

    assert main(["score", *common, "--out", "scores.csv"], terminal) == 0
    assert main(["preview", *common, "--leads", "moved.csv"], terminal) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"draft.yaml", "scores.csv", "moved.csv"}
