"""The commands that look after the data: imports, undo-import, quality, duplicates and merging."""

from datetime import date, timedelta
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


def test_quality_says_how_new_the_data_is_what_is_unknown_and_what_cannot_be_right(run: Run, tmp_path: Path) -> None:
    db, leads = tmp_path / "h.duckdb", tmp_path / "leads.csv"
    leads.write_text("lead_id,created_at,email,owner\na,2026-03-01T09:00:00Z,a@x.example,gone\nb,2026-03-09,,\n")
    run("import", leads, "--as", "lead", "--db", db)

    said = run("quality", "--db", db, "--as-of", "2026-03-05T00:00:00Z", "--json").json

    assert said["freshness"][0]["newest"] == "2026-03-08T23:00:00Z"
    assert said["findings"] == {"future": 1, "unknown owner": 1}
    assert {"field": "email", "leads": 1, "unknown": 0, "required": True} in said["fields"]
    assert said["gaps"] == {}
    assert said["ended"] == []
    assert "unknown owner: 1 rows" in run("quality", "--db", db, "--as-of", "2026-03-05T00:00:00Z").out


def test_days_with_any_event_are_no_gap_and_a_series_that_ended_is_said_once(run: Run, tmp_path: Path) -> None:
    db, leads, events = (tmp_path / name for name in ("h.duckdb", "leads.csv", "events.csv"))
    days = [date(2026, 1, 5) + timedelta(days=n) for n in range(60)]
    rows = [(day, n, "mql" if day.day % 2 else "assigned") for day in days for n in range(6)]
    leads.write_text("lead_id,created_at\n" + "".join(f"l{n},2026-01-01\n" for n in range(6)))
    events.write_text(
        "event_id,lead_id,occurred_at,kind,actor\n"
        + "".join(f"e{day}{n},l{n},{day}T10:00:00Z,{kind},o\n" for day, n, kind in rows)
    )
    run("import", leads, "--as", "lead", "--db", db)
    run("import", events, "--as", "handoff_event", "--db", db)

    said = run("quality", "--db", db, "--as-of", "2026-03-28T00:00:00Z", "--json").json

    assert said["gaps"] == {"handoff_event": []}
    assert said["ended"] == [{"table": "handoff_event", "kind": None, "last": "2026-03-05", "days": 22}]
    text = run("quality", "--db", db, "--as-of", "2026-03-28T00:00:00Z").out
    assert "no handoff_event since 2026-03-05, 22 days" in text


def test_two_leads_are_found_merged_and_parted_from_a_terminal(run: Run, tmp_path: Path) -> None:
    db, leads = tmp_path / "h.duckdb", tmp_path / "leads.csv"
    leads.write_text("lead_id,created_at,email\na,2026-03-01,x@x.example\nb,2026-03-02,X@x.example\n")
    run("import", leads, "--as", "lead", "--db", db)
    (pair,) = run("duplicates", "--db", db, "--json").json["pairs"]
    assert (pair["first"], pair["second"]) == ("a", "b")

    assert run("merge-leads", "a", "b", "--by", "Ana", "--db", db).status == 0

    said = run("duplicates", "--db", db, "--json").json
    assert (said["pairs"], said["merges"][0]["gone"]) == ([], "b")
    assert run("merge-leads", "a", "b", "--by", "Ana", "--db", db).status == 1
    assert run("part-leads", "b", "--by", "Ana", "--db", db).status == 0
    assert run("verify", "--db", db).status == 0
    assert len(run("duplicates", "--db", db, "--json").json["pairs"]) == 1
