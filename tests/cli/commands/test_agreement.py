"""The commands `route` and `verify`: what a scheduler runs, on invented leads."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lib.__main__ import DONE, REFUSED
from tests.cli.conftest import with_status

ROOT = Path(__file__).parents[3]

Run = Callable[..., tuple[int, str, str]]

EARLY = ("--as-of", "2026-03-01T12:00:00Z")
LATE = ("--as-of", "2026-11-23T12:00:00Z")


@pytest.fixture
def run(database_copy: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the invented leads: its status, and what it printed on both streams."""
    return with_status(database_copy, capsys)


@pytest.fixture
def _switched_on(run: Run) -> None:
    """Handing over began long before anybody who is handed over here qualified."""
    run("route", *EARLY)


needs_switch = pytest.mark.usefixtures("_switched_on")


def test_the_first_run_begins_the_handing_over_and_hands_over_nobody(run: Run) -> None:
    _, would, _ = run("route", *LATE, "--dry-run")

    status, said, _ = run("route", *LATE)

    assert status == DONE
    begins, nobody = said.splitlines()
    assert begins == (
        "Handing over begins as of 2026-11-23T12:00:00Z, under version 1. Nobody is in stock: from here on whoever "
        "reaches the threshold is handed over."
    )
    assert nobody == "0 leads handed over as of 2026-11-23T12:00:00Z under version 1"
    assert would == said.replace("begins", "would begin").replace("leads handed", "leads would be handed")


@needs_switch
def test_a_rehearsal_lists_who_would_be_handed_over_and_the_run_hands_over_just_those(run: Run) -> None:
    _, rehearsed, _ = run("route", *LATE, "--dry-run")
    *listed, would = rehearsed.splitlines()

    status, said, _ = run("route", *LATE)

    assert status == DONE
    assert listed
    assert all(re.fullmatch(r"\S+  again: qualified \S+Z with \d+  \S+", line) for line in listed)
    assert would.startswith(f"{len(listed):,} lead")
    assert would.endswith(f"under version 1: {len(listed)} again")
    assert said.strip() == would.replace("would be handed over", "handed over")


@needs_switch
def test_routing_twice_hands_over_nobody_the_second_time(run: Run) -> None:
    run("route", *LATE)

    status, said, _ = run("route", *LATE)

    assert status == DONE
    assert said.startswith("0 leads handed over as of ")


def test_a_database_that_holds_is_said_to(run: Run) -> None:
    run("route", *LATE)
    run("route", *LATE)

    status, said, _ = run("verify")

    assert status == DONE
    assert said.splitlines()[0].endswith("1 audit entry; everything holds")


def test_a_chain_that_was_tampered_with_is_refused_and_its_first_break_named(run: Run, database_copy: Path) -> None:
    run("route", *LATE)
    with duckdb.connect(str(database_copy)) as forger:
        for name, table in forger.execute("select trigger_name, table_name from duckdb_triggers()").fetchall():
            forger.execute(f"drop trigger {name} on {table}")
        forger.execute("update audit_entry set who = 'Eve'")

    status, said, refused = run("verify")

    assert (status, said) == (REFUSED, "")
    assert refused.startswith("audit entry 1: (switched_on, Eve, ")


# The start plan.


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.yaml"
    text = (ROOT / "config" / "definition.yaml").read_text(encoding="utf-8")
    path.write_text(re.sub(r"threshold: \d+", "threshold: 49", text, count=1), encoding="utf-8")
    return path


def test_a_proposal_says_what_of_the_stock_it_hands_over_and_that_is_part_of_what_is_signed(
    run: Run, draft: Path, tmp_path: Path
) -> None:
    asked = ("propose", str(draft), "--as", "Tom Okafor", "--reason", "Try")
    status, _, _ = run(*asked, "--starts", "2040-01-02", "--stock", "recent:30d", "--per-day", "40")
    _, text, _ = run("agreement", "--format", "yaml")
    _, published, _ = run("agreement")

    assert status == DONE
    assert text.endswith("start:\n  from: 2040-01-01T23:00:00Z\n  stock: recent\n  days: 30\n  per_day: 40\n")
    assert "those that reached it in the last 30 days before the start are handed over, at most 40 a" in published
    whole = tmp_path / "whole.yaml"
    whole.write_text(text, encoding="utf-8")
    run("propose", str(whole), "--as", "Tom Okafor", "--reason", "Again", "--replaces", "2")
    assert run("agreement", "--format", "yaml")[1] == text
    assert run("check", str(whole))[0] == DONE
    assert run("score", "--definition", str(whole), "--out", str(tmp_path / "scores.csv"))[0] == DONE


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (("--stock", "standing", "--per-day", "0"), "start plan: 0 of the stock a working day. Write 1 to 1,000,000"),
        (("--per-day", "5"), "start plan: it says how many a day, and nothing of the stock is handed over."),
        (("--stock", "recent:0d"), "start plan: the last 0 days. Write 1 to 36,500 days"),
        (
            ("--starts", "2026-01-01"),
            "start plan: the start 2025-12-31T23:00:00Z has passed. Name one to come",
        ),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused_and_nothing_is_proposed(
    run: Run, draft: Path, plan: tuple[str, ...], said: str
) -> None:
    status, _, refused = run("propose", str(draft), "--as", "Tom Okafor", "--reason", "Try", *plan)

    assert status == REFUSED
    assert refused.startswith(said)
    assert run("agreement", "--version", "2")[0] == REFUSED


@pytest.mark.parametrize("stock", ["recent", "recent:", "recent:x", "all", "none:3d"])
def test_a_stock_of_another_name_is_wrong_usage(run: Run, draft: Path, stock: str) -> None:
    assert run("propose", str(draft), "--as", "Tom Okafor", "--reason", "Try", "--stock", stock)[0] == 2


def test_a_preview_says_what_is_in_stock_as_text_and_as_json(run: Run, draft: Path) -> None:
    _, text, _ = run("preview", "--definition", str(draft))
    _, json_text, _ = run("preview", "--definition", str(draft), "--json")

    stock = json.loads(json_text)["stock"]
    assert set(stock) == {"leads", "working_days", "by_age_days", "still_at_threshold"}
    assert stock["leads"] == sum(one["leads"] for one in stock["by_age_days"]) > 0
    assert 0 <= stock["still_at_threshold"] <= stock["leads"]
    assert f"{stock['leads']:,} leads are in stock (reached the threshold before the start" in text
    assert f"{stock['working_days']:,.1f} working days of the" in text
