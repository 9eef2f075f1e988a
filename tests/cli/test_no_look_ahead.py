"""No look ahead: whatever happens after an instant changes nothing that is said as of it."""

import random
from pathlib import Path

import duckdb
import pytest

from lib.__main__ import DONE, main
from tests.conftest import ROOT

AS_OF = "2026-09-02T10:30:00Z"

KINDS = (
    "mql", "assigned", "first_touch", "accepted", "rejected", "sql", "opportunity", "won", "lost", "recycled",
    "disqualified",
)  # fmt: skip

COMMANDS = (
    ("funnel", "--json"),
    *(("funnel", "--by", "week", "--group", group, "--json") for group in ("channel", "source", "owner", "reason")),
    ("sla", "--json"),
    *(("sla", "--group", group, "--json") for group in ("owner", "team", "channel")),
    ("score", "--definition", str(ROOT / "config" / "definition.yaml")),
)


@pytest.fixture(scope="module")
def said_then(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """What a database says that knows nothing later."""
    path = tmp_path_factory.mktemp("then") / "then.duckdb"
    path.write_bytes(sample_database.read_bytes())
    with duckdb.connect(str(path)) as connection:
        for table, column in (("activity", "occurred_at"), ("handoff_event", "occurred_at")):
            connection.execute(f"delete from {table} where {column} > cast($at as timestamp)", {"at": AS_OF[:-1]})
    return tuple(spoken(path, command) for command in COMMANDS)


def spoken(path: Path, command: tuple[str, ...], as_of: str = AS_OF) -> str:
    out = path.with_suffix(".out")
    with out.open("w", encoding="utf-8") as file, pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdout", file)
        assert main([*command, "--as-of", as_of, "--db", str(path), "--config", str(ROOT / "config")]) == DONE
    return out.read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", range(3))
def test_nothing_later_changes_what_is_said_as_of_an_instant(
    sample_database: Path, tmp_path: Path, said_then: tuple[str, ...], seed: int
) -> None:
    path = tmp_path / "later.duckdb"
    path.write_bytes(sample_database.read_bytes())
    add_later(path, random.Random(seed), tmp_path)  # noqa: S311

    for command, then in zip(COMMANDS, said_then, strict=True):
        assert spoken(path, command) == then, command
    assert spoken(path, COMMANDS[0], "2026-11-01T00:00:00Z") != said_then[0]


def add_later(path: Path, chance: random.Random, folder: Path) -> None:
    """Imports leads, activities, answers of every kind and retractions, all after the instant, some just after it."""
    with duckdb.connect(str(path), read_only=True) as connection:
        leads = [one for (one,) in connection.execute("select lead_id from lead order by all limit 600").fetchall()]
        events = connection.execute(
            "select event_id, lead_id from handoff_event where occurred_at <= cast($at as timestamp) order by all",
            {"at": AS_OF[:-1]},
        ).fetchall()
    new = [f"new-{n}" for n in range(50)]

    def instant() -> str:
        return chance.choice(["2026-09-02T10:30:00.000001Z", f"2026-10-{chance.randint(1, 31):02}T08:00:00Z"])

    texts = {
        "lead": "lead_id,created_at,title,email\n" + "".join(f"{one},{instant()},CEO,a@b.example\n" for one in new),
        "activity": "activity_id,lead_id,occurred_at,kind,subject\n"
        + "".join(
            f"late-{n},{chance.choice(leads + new)},{instant()},{chance.choice(['form_submit', 'page_view'])},pricing\n"
            for n in range(400)
        ),
        "handoff_event": "event_id,lead_id,occurred_at,kind,actor,reason,detail\n"
        + "".join(
            f"late-{n},{chance.choice(leads)},{instant()},{chance.choice(KINDS)},rep-{chance.randint(1, 9):02},,\n"
            for n in range(1_500)
        )
        + "".join(
            f'taken-{n},{lead_id},{instant()},retracted,,,"{{""event_id"": ""{event_id}""}}"\n'
            for n, (event_id, lead_id) in enumerate(chance.sample(events, 100))
        ),
    }
    for kind, text in texts.items():
        file = folder / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        assert main(["import", str(file), "--as", kind, "--db", str(path), "--config", str(ROOT / "config")]) == DONE
