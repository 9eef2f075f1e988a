"""What landed as 0.1.0: its database opens here, holds, and says what it said."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from lib.__main__ import DONE, main
from lib.cli.shell import context
from lib.store.agreement.audit import verify
from lib.store.database import Database, open_database
from lib.store.handoffs.queues import settle

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAID = HERE / "said" / "0.1.0"

NOW = 1_794_844_800_000_000
"""16 Nov 2026, 16:00 UTC: an hour after the last thing that was done to it."""

COMMANDS = {
    "preview": ["preview", "--definition", str(HERE / "lower.yaml"), "--json"],
    "funnel": ["funnel", "--json"],
    "funnel_by_week_and_channel": ["funnel", "--by", "week", "--group", "channel", "--json"],
    "rejections": ["funnel", "--group", "reason", "--json"],
    "sla": ["sla", "--group", "owner", "--json"],
    "evidence": ["evidence", "--json"],
    "problems": ["problems", "--json"],
    "imports": ["imports", "--json"],
}

ADDED = {"preview": {"stock"}}
"""What a command says besides since then."""

EMPTY_BY_DESIGN = {"refused_change"}

SINCE_THEN = {
    "corrected_event",
    "queue",
    *("lead_change", "replaced_lead_change", "recorded_change", "replaced_recorded_change"),
    *("proof_of_signature", "bound_email"),
    *("reading", "reading_field", "lead_said", "replaced_lead_said"),
    *("erasure", "erased_name", "erasure_key"),
}
"""Tables that came later, and that an old database has nothing for."""


@pytest.fixture
def made_then(tmp_path: Path) -> Path:
    return Path(shutil.copy(HERE / "0.1.0.duckdb", tmp_path))


def opened(path: Path) -> Database:
    database = open_database(path, first_definition=None, clock=NOW)
    settle(database, ())
    return database


def test_every_table_has_something_in_it(made_then: Path) -> None:
    database = opened(made_then)

    with database.cursor() as cursor:
        tables = cursor.execute("select table_name from duckdb_tables() where not internal").fetchall()
        empty = {name for (name,) in tables if not cursor.execute(f"from {name} limit 1").fetchall()}
    database.close()

    assert empty == EMPTY_BY_DESIGN | SINCE_THEN


def test_both_chains_hold(made_then: Path) -> None:
    database = opened(made_then)

    entries = verify(database)
    database.close()

    assert entries == 38


@pytest.mark.parametrize("name", COMMANDS)
def test_it_says_what_it_said(
    name: str, made_then: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "now", lambda: NOW)

    assert main([*COMMANDS[name], "--db", str(made_then), "--config", str(HERE / "config")]) == DONE

    said = json.loads(capsys.readouterr().out)
    assert alike({key: value for key, value in said.items() if key not in ADDED.get(name, ())}, expected(name))


def test_the_agreement_reads_back_to_the_hash_both_signed(
    made_then: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "now", lambda: NOW)
    asked = ["agreement", "--version", "2", "--format", "yaml"]

    assert main([*asked, "--db", str(made_then), "--config", str(HERE / "config")]) == DONE

    assert capsys.readouterr().out == (SAID / "agreement-2.yaml").read_text(encoding="utf-8")


def alike(one: Any, other: Any) -> bool:
    """The same, but for what another machine's arithmetic may do to the last digits of a fraction."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return type(one) is type(other) and bool(one == other)


def expected(name: str) -> Any:
    return json.loads((SAID / f"{name}.json").read_text(encoding="utf-8"))
