"""The commands that look after the data: imports and undo-import."""

from pathlib import Path

from tests.cli.conftest import Run

LEADS = "lead_id,created_at\na,2026-03-01\n"


def test_the_last_import_is_listed_taken_back_and_listed_as_that(run: Run, tmp_path: Path) -> None:
    db, leads = tmp_path / "h.duckdb", tmp_path / "leads.csv"
    leads.write_text(LEADS)
    run("import", leads, "--as", "lead", "--db", db)
    (listed,) = run("imports", "--db", db, "--json").json["imports"]
    assert (listed["run"], listed["files"], listed["undoable"]) == (1, ["leads.csv"], True)

    undone = run("undo-import", "--db", db, "--json")

    assert undone.json == {"run": 1, "removed": {"lead": 1}, "restored": {}}
    (listed,) = run("imports", "--db", db, "--json").json["imports"]
    assert (listed["undoable"], listed["undone_by"]) == (False, "undo-import")
    assert "taken back" in run("imports", "--db", db).out


def test_where_there_is_no_import_to_take_back_the_command_is_refused(run: Run, tmp_path: Path) -> None:
    db, leads = tmp_path / "h.duckdb", tmp_path / "leads.csv"
    leads.write_text(LEADS)
    run("import", leads, "--as", "lead", "--db", db)
    run("undo-import", "--db", db)

    again = run("undo-import", "--db", db)

    assert again.status == 1
    assert "there is no import that can be taken back" in again.errors[0]
