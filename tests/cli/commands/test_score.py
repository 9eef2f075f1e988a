"""`score`: the columns of the contract, and the figures of a second reading of the design."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from math import floor
from pathlib import Path

import pytest

from tests.cli.by_hand import DAY, newest_instant, read_instant, score_by_hand, text_by_hand
from tests.cli.conftest import ROOT, SHIPPED, Ran, Run, World

HEADER = "lead_id,score,profile,channel,actions,undesirables,disqualified,qualified_at,score_at_qualification"


@pytest.fixture
def score(run: Run, world: World) -> Callable[..., Ran]:
    return lambda *more: run("score", "--definition", world.definition, "--db", world.db, *more)


@pytest.mark.parametrize("as_of", ["2026-01-20", "2026-02-10T12:00:00", "2026-02-28T23:30:00-05:00", "2026-06-01"])
def test_scores_are_those_of_a_second_reading_of_the_design(
    score: Callable[..., Ran], world: World, as_of: str
) -> None:
    scored = score("--as-of", as_of)

    by_hand = {who.row["lead_id"]: score_by_hand(who, read_instant(as_of)) for who in world.people}
    assert scored.status == 0
    assert scored.out.splitlines()[0] == HEADER
    assert [row["lead_id"] for row in scored.rows] == sorted(name for name, found in by_hand.items() if found)
    for row in scored.rows:
        expected = by_hand[row["lead_id"]]
        assert expected is not None
        qualified = expected.qualified(30)
        assert row == {
            "lead_id": row["lead_id"],
            "score": str(floor(sum(expected.values.values()) + 1e-9)),
            **{name: f"{round(value, 6) + 0.0:.6f}" for name, value in expected.values.items()},
            "disqualified": "true" if expected.disqualified else "false",
            "qualified_at": text_by_hand(qualified),
            "score_at_qualification": str(qualified[1]) if qualified else "",
        }


def test_the_small_world_has_some_of_everything(world: World) -> None:
    seen = [one for who in world.people if (one := score_by_hand(who, newest_instant(world.people)))]

    assert 15 < sum(one.qualified(30) is not None for one in seen) < len(seen) - 15
    assert any(one.disqualified for one in seen)
    assert any(one.values["profile"] == 30 for one in seen)
    assert any(one.values["undesirables"] < -15 for one in seen)
    assert any(score >= 30 and not is_open for one in seen for _, score, is_open in one.looks)


def test_scores_can_be_written_to_a_file(score: Callable[..., Ran], tmp_path: Path) -> None:
    shown = score("--as-of", "2026-06-01")

    written = score("--as-of", "2026-06-01", "--out", tmp_path / "scores.csv")

    assert (written.status, written.out, written.errors) == (0, "", [])
    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]
    assert (tmp_path / "scores.csv").read_text() == shown.out


def test_data_a_week_old_are_scored_as_of_now(
    score: Callable[..., Ran], world: World, now: Callable[[datetime], None]
) -> None:
    newest = newest_instant(world.people)
    now(newest + 7 * DAY)

    scored = score()

    assert scored.out == score("--as-of", (newest + 7 * DAY).isoformat()).out
    assert scored.out != score("--as-of", newest.isoformat()).out


def test_older_data_are_scored_as_of_their_newest_instant(
    score: Callable[..., Ran], world: World, now: Callable[[datetime], None]
) -> None:
    newest = newest_instant(world.people)
    now(newest + 7 * DAY + timedelta(seconds=1))

    assert score().out == score("--as-of", newest.isoformat()).out


def test_a_reader_that_has_seen_enough_ends_the_command_in_peace(sample_database: Path) -> None:
    command = [sys.executable, "-m", "lib", "score", "--definition", SHIPPED, "--db", str(sample_database)]

    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        complaints = process.stderr.read()

    assert first.rstrip() == HEADER
    assert (process.returncode, complaints) == (0, "")


def test_nobody_is_scored_in_an_empty_database_and_that_is_no_fault(run: Run, tmp_path: Path) -> None:
    nobody = tmp_path / "nobody.csv"
    nobody.write_text("lead_id,created_at\n")
    db = tmp_path / "empty.duckdb"
    assert run("import", nobody, "--as", "lead", "--db", db).status == 0

    scored = run("score", "--definition", SHIPPED, "--db", db)
    printed = run("preview", "--definition", SHIPPED, "--db", db, "--json").json

    assert (scored.status, scored.out.splitlines()) == (0, [HEADER])
    assert (printed["qualified"], printed["kept"], printed["by_threshold"]) == (0, 0, [])
    assert len(printed["by_week"]) == 26
