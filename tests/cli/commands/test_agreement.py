"""The commands `route` and `verify`: what a scheduler runs, on invented leads."""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lib.__main__ import DONE, REFUSED
from tests.cli.conftest import with_status

ROOT = Path(__file__).parents[3]

Run = Callable[..., tuple[int, str, str]]

LATE = ("--as-of", "2026-11-23T12:00:00Z")


@pytest.fixture
def run(database_copy: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the invented leads: its status, and what it printed on both streams."""
    return with_status(database_copy, capsys)


def test_a_rehearsal_lists_who_would_be_handed_over_and_the_run_hands_over_just_those(run: Run) -> None:
    _, rehearsed, _ = run("route", *LATE, "--dry-run")
    *listed, would = rehearsed.splitlines()

    status, said, _ = run("route", *LATE)

    assert status == DONE
    assert listed
    assert all(re.fullmatch(r"\S+  qualified \S+Z with \d+  \S+", line) for line in listed)
    assert would.startswith(f"{len(listed):,} lead")
    assert said.strip() == would.replace("would be handed over", "handed over")


def test_routing_twice_hands_over_nobody_the_second_time(run: Run) -> None:
    run("route", *LATE)

    status, said, _ = run("route", *LATE)

    assert status == DONE
    assert said.startswith("0 leads handed over as of ")


def test_a_database_that_holds_is_said_to(run: Run) -> None:
    run("route", *LATE)

    status, said, _ = run("verify")

    assert status == DONE
    assert said.endswith("1 audit entry; everything holds\n")


def test_a_chain_that_was_tampered_with_is_refused_and_its_first_break_named(run: Run, database_copy: Path) -> None:
    run("route", *LATE)
    with duckdb.connect(str(database_copy)) as forger:
        for name, table in forger.execute("select trigger_name, table_name from duckdb_triggers()").fetchall():
            forger.execute(f"drop trigger {name} on {table}")
        forger.execute("update audit_entry set who = 'Eve'")

    status, said, refused = run("verify")

    assert (status, said) == (REFUSED, "")
    assert refused.startswith("audit entry 1: (routed, Eve, ")
