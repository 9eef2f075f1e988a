"""The commands that look after the data: imports, undoing, quality, duplicates, merging, backup, restore, verify."""

from datetime import date, timedelta
from pathlib import Path

import pytest

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


# What is kept, what went, and what others keep.

EVENTS = "event_id,lead_id,occurred_at,kind\n1,a,2026-03-02,mql\n2,a,2026-03-03,won\n"


@pytest.fixture
def db(run: Run, tmp_path: Path) -> Path:
    """A database with a lead, of which there is a backup, and two events since."""
    db, leads, events = (tmp_path / name for name in ("h.duckdb", "leads.csv", "events.csv"))
    leads.write_text(LEADS)
    events.write_text(EVENTS)
    assert run("import", leads, "--as", "lead", "--db", db).status == 0
    assert run("backup", tmp_path / "b.duckdb", "--db", db).status == 0
    assert run("import", events, "--as", "handoff_event", "--db", db).status == 0
    return db


def head_of(run: Run, db: Path) -> tuple[str, str]:
    """The end of the chain as `verify` prints it."""
    (line,) = [line for line in run("verify", "--db", db).out.splitlines() if line.startswith("Audit chain: entry ")]
    number, sha256 = line.removeprefix("Audit chain: entry ").split(", ")
    return number, sha256


def test_a_head_that_was_kept_is_found_in_the_chain_later(run: Run, db: Path, tmp_path: Path) -> None:
    number, sha256 = head_of(run, db)
    run("import", tmp_path / "leads.csv", "--as", "lead", "--db", db)

    asked = run("verify", "--db", db, "--head", f"{number}:{sha256[:12]}")

    assert asked.status == 0
    assert f"Entry {number} is the one that was kept; 1 entry since" in asked.out


def test_a_head_that_is_not_in_the_chain_is_refused(run: Run, db: Path) -> None:
    number, sha256 = head_of(run, db)

    altered = run("verify", "--db", db, "--head", f"{number}:{'0' * 64}")
    beyond = run("verify", "--db", db, "--head", f"{int(number) + 1}:{sha256}")

    assert (altered.status, beyond.status) == (1, 1)
    assert f"audit entry {number}: is not the one that was kept" in altered.errors[0]
    assert f"is not in this chain, which ends at entry {number}" in beyond.errors[0]


def test_what_is_no_head_is_wrong_usage(run: Run, db: Path) -> None:
    assert run("verify", "--db", db, "--head", "nonsense").status == 2


def test_a_restore_says_both_heads_and_what_is_gone(run: Run, db: Path, tmp_path: Path) -> None:
    number, sha256 = head_of(run, db)

    restored = run("restore", tmp_path / "b.duckdb", "--db", db)

    assert restored.status == 0
    assert f"What was there: audit chain to entry {number}, {sha256}." in restored.out
    assert f"What came back: audit chain to entry {int(number) - 1}, " in restored.out
    assert f"Gone with it: 1 audit entry after entry {int(number) - 1}, 2 hand-off events." in restored.out
    assert run("verify", "--db", db, "--head", f"{number}:{sha256}").status == 1


def test_a_restore_of_a_chain_that_parted_says_where(run: Run, db: Path, tmp_path: Path) -> None:
    run("restore", tmp_path / "b.duckdb", "--db", db)
    run("backup", tmp_path / "c.duckdb", "--db", db)
    run("restore", tmp_path / "b.duckdb", "--db", db)

    parted = run("restore", tmp_path / "c.duckdb", "--db", db).out

    assert "The two chains part after entry 1: the backup has 1 entry that what was there did not have." in parted


def test_where_there_was_nothing_a_restore_says_what_came_back_alone(run: Run, db: Path, tmp_path: Path) -> None:
    said = run("restore", tmp_path / "b.duckdb", "--db", tmp_path / "new.duckdb").out

    assert "What came back: audit chain to entry " in said
    assert "was there" not in said


def test_of_a_database_that_cannot_be_read_it_is_said_that_nobody_knows_what_went(
    run: Run, db: Path, tmp_path: Path
) -> None:
    db.write_bytes(b"x" * 20_000)

    said = run("restore", tmp_path / "b.duckdb", "--db", db).out

    assert "What was there could not be read: what went with it is not known." in said
