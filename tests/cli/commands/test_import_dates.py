"""Dates that may begin with the day or with the month: the command asks, and takes the answer."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("given", "instant"), [("%d/%m/%Y", "2026-04-02T22:00:00Z"), ("%m/%d/%Y", "2026-03-03T23:00:00Z")]
)
def test_the_format_given_is_an_answer(run: Run, tmp_path: Path, given: str, instant: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("lead_id,created_at\na,03/04/2026\n")
    how = ("import", path, "--as", "lead", "--db", tmp_path / "h.duckdb")
    asked = run(*how)
    assert (asked.status, (tmp_path / "h.duckdb").exists()) == (1, False)
    assert "give --date-format" in asked.errors[0]

    told = run(*how, "--date-format", given, "--dry-run", "--json").json

    (table,) = told["preview"][0]["tables"]
    assert table["rows"][0]["values"]["created_at"] == instant
    assert run(*how, "--date-format", given).status == 0


def test_a_format_that_is_none_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    asked = run("import", "leads.csv", "--as", "lead", "--date-format", "day/month")

    assert asked.status == 2
    assert "is no date format" in asked.errors[-1]
