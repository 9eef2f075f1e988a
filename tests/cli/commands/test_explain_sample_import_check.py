"""`explain`, `sample`, `import`, `check`, and which configuration they go by."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.by_hand import DEFINITION, OTHER
from tests.cli.conftest import ROOT, SHIPPED, Run, World

# explain


def test_an_explanation_sums_to_the_score_of_the_lead(run: Run, world: World) -> None:
    asked = ("--definition", world.definition, "--as-of", "2026-02-28", "--db", world.db)
    scored = run("score", *asked).rows[:25]

    explanations = [run("explain", row["lead_id"], *asked, "--json").json for row in scored]

    for row, explained in zip(scored, explanations, strict=True):
        assert explained["as_of"] == "2026-02-27T23:00:00Z"
        assert (explained["score"], explained["threshold"]) == (int(row["score"]), 30)
        assert explained["qualified_at"] == (row["qualified_at"] or None)
        assert round(sum(one["value"] for one in explained["categories"]), 6) == explained["total"]
        for one in explained["categories"]:
            given = sum(contribution["points"] for contribution in one["contributions"])
            assert f"{one['value']:.6f}" == row[one["category"]]
            assert round(given + one["fading"] + one["cap"], 6) == one["value"]
    assert any(one["cap"] < 0 for explained in explanations for one in explained["categories"])
    assert any(one["fading"] < 0 for explained in explanations for one in explained["categories"])


def test_an_explanation_for_readers_ends_with_the_gates_and_the_verdict(run: Run, world: World) -> None:
    asked = ("--definition", world.definition, "--as-of", "2026-06-01", "--db", world.db)
    scored = run("score", *asked).rows
    qualified = next(row for row in scored if row["qualified_at"])
    never = next(row for row in scored if not row["qualified_at"])

    texts = [run("explain", row["lead_id"], *asked).out for row in (qualified, never)]

    assert f"qualified {qualified['qualified_at']} with {qualified['score_at_qualification']}" in texts[0]
    assert "has not qualified" in texts[1]
    assert all(re.search(r"^(open  |closed) email is known$", text, re.MULTILINE) for text in texts)


# sample


def test_a_sample_is_the_same_for_the_same_seed_and_end(run: Run, tmp_path: Path) -> None:
    def sampled(name: str, seed: int) -> str:
        made = run("sample", "--leads", 60, "--seed", seed, "--end", "2026-05-04", "--db", tmp_path / name)
        assert made.status == 0
        return run("score", "--definition", SHIPPED, "--as-of", "2026-05-04", "--db", tmp_path / name).out

    once, again, another = sampled("a.duckdb", 4), sampled("b.duckdb", 4), sampled("c.duckdb", 5)

    assert once == again != another
    assert len(once.splitlines()) == 61


def test_a_sample_ends_with_today_in_the_reporting_zone_when_nothing_else_is_said(
    run: Run, now: Callable[[datetime], None], tmp_path: Path
) -> None:
    now(datetime(2026, 5, 3, 22, 30, tzinfo=UTC))

    run("sample", "--leads", 60, "--db", tmp_path / "default.duckdb")
    run("sample", "--leads", 60, "--end", "2026-05-04", "--db", tmp_path / "said.duckdb")

    default, said = (
        run("score", "--definition", SHIPPED, "--db", tmp_path / f"{name}.duckdb").out for name in ("default", "said")
    )
    assert default == said
    assert len(said.splitlines()) == 61


# import


def test_an_import_says_as_json_what_it_did(run: Run, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("lead_id,created_at,employees\na,2026-01-01,12\nb,31/31/2026,3\n,2026-01-01,3\nc,2026-01-02,5-9\n")

    loaded = run("import", leads, "--as", "lead", "--db", tmp_path / "h.duckdb", "--json")

    assert (loaded.status, loaded.errors) == (0, [])
    assert list(loaded.json) == [
        "files",
        "tables",
        "rejected",
        "rejected_rows",
        "deleted",
        "merged",
        "older",
        "twice",
        "left_out",
        "remarks",
        "rejected_by_table",
        "waited",
        "corrects",
        "changes",
    ]
    assert loaded.json["files"] == ["leads.csv"]
    assert loaded.json["tables"] == {"lead": {"read": 4, "new": 2, "changed": 0, "same": 0}}
    assert loaded.json["rejected"] == 2
    assert [(row["file"], row["line"]) for row in loaded.json["rejected_rows"]] == [("leads.csv", 3), ("leads.csv", 4)]
    assert all(list(row) == ["file", "line", "reason"] and row["reason"] for row in loaded.json["rejected_rows"])


def test_a_rehearsed_import_tells_and_keeps_nothing(run: Run, world: World, tmp_path: Path) -> None:
    how = ("import", world.folder / "lead.csv", "--as", "lead", "--dry-run", "--json", "--db")

    fresh, again = run(*how, tmp_path / "h.duckdb"), run(*how, world.db)

    assert fresh.json["tables"]["lead"] == {"read": 100, "new": 100, "changed": 0, "same": 0}
    assert again.json["tables"]["lead"] == {"read": 100, "new": 0, "changed": 0, "same": 100}
    assert list(tmp_path.iterdir()) == []


# check


def test_a_valid_file_is_said_to_be_valid(run: Run) -> None:
    files = ["config/definition.yaml", "config/sla.yaml", "config/reasons.yaml", "config/sources/olist.yaml"]

    checked = run("check", *files)

    assert (checked.status, checked.errors) == (0, [])
    assert checked.out.splitlines() == [f"{file}: valid" for file in files]


def test_every_fault_of_every_file_has_a_line_on_standard_error(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(DEFINITION.replace("field: title", "field: titel").replace("points: 10,", "points: -10,"))

    checked = run("check", bad, tmp_path / "missing.yaml", SHIPPED)

    assert (checked.status, checked.out.splitlines()) == (1, [f"{SHIPPED}: valid"])
    assert len(checked.errors) == 3
    assert "criterion 1 (boss): no field is called 'titel'. Did you mean 'title'?" in checked.errors[0]
    assert "criterion 1 (inbound): points in channel are 0 or more" in checked.errors[1]
    assert "missing.yaml: there is no such file" in checked.errors[2]


# The configuration


def test_the_agreed_definition_of_a_new_database_is_that_of_the_configuration(
    run: Run, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "definition.yaml").write_text(OTHER)

    def agreed_threshold(name: str, *option: object) -> int:
        db = tmp_path / name
        run("import", world.folder / "lead.csv", "--as", "lead", "--db", db, *option)
        return int(run("preview", "--definition", SHIPPED, "--db", db, "--json").json["against"]["threshold"])

    assert agreed_threshold("shipped.duckdb") == 60
    assert agreed_threshold("option.duckdb", "--config", ours) == 36
    monkeypatch.setenv("HANDSHAKE_CONFIG", str(ours))
    assert agreed_threshold("variable.duckdb") == 36
    assert agreed_threshold("option_first.duckdb", "--config", "config") == 60


def test_days_begin_in_the_reporting_zone_of_the_configuration(run: Run, world: World, tmp_path: Path) -> None:
    shipped = (ROOT / "config" / "sla.yaml").read_text()
    (tmp_path / "sla.yaml").write_text(shipped.replace("time_zone: Europe/Madrid ", "time_zone: Asia/Tokyo ", 1))
    asked = ("explain", "p01", "--definition", world.definition, "--as-of", "2026-06-01", "--db", world.db, "--json")

    explained = run(*asked, "--config", tmp_path)

    assert explained.json["as_of"] == "2026-05-31T15:00:00Z"


def test_a_fault_in_the_configuration_stops_every_command_before_it_runs(
    run: Run, world: World, tmp_path: Path
) -> None:
    (tmp_path / "people.yaml").write_text("people: [{name: Somebody, side: neither}]\n")
    asked = ("--definition", world.definition, "--db", world.db, "--config", tmp_path)

    refused = [
        run("score", *asked),
        run("preview", *asked),
        run("explain", "p01", *asked),
        run("sample", "--db", tmp_path / "new.duckdb", "--config", tmp_path),
        run("import", world.folder / "lead.csv", "--as", "lead", "--db", tmp_path / "new.duckdb", "--config", tmp_path),
    ]

    assert [(one.status, one.out, len(one.errors)) for one in refused] == [(1, "", 1)] * 5
    assert all(one.errors[0].startswith("people.yaml") for one in refused)
    assert [path.name for path in tmp_path.iterdir()] == ["people.yaml"]
