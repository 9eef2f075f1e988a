"""`erase` from a terminal: figures stay to the last one, and the terminal says what is left to do."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cli.conftest import Run

GROUPS = {"funnel": (None, "channel", "source", "owner", "reason"), "sla": (None, "owner", "team", "channel")}


def asked(path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def somebody_handed_over(path: Path, place: int = 0) -> str:
    found = asked(
        path, "select distinct lead_id from kept_cycle where not starts_with(lead_id, 'erased-') order by all"
    )
    return str(found[place % len(found)][0])


def erase(run: Run, path: Path, lead_id: str, *more: str) -> Any:
    return run("erase", lead_id, "--db", path, "--as", "Marta Vidal", "--reason", "asked for it, Art. 17", *more)


def figures(run: Run, path: Path, as_of: str, known_as: dict[str, str]) -> list[Any]:
    """Every funnel and SLA report there is as of a day, leads by what they were once called."""
    said = []
    for command, groups in GROUPS.items():
        for group in groups:
            options = [] if group is None else ["--group", group]
            window = ("--from", "2026-01-01", "--to", "2026-12-01", "--as-of", as_of)
            text = run(command, "--db", path, *window, *options, "--json").out
            for new, old in known_as.items():
                text = text.replace(new, old)
            said.append(_in_order(json.loads(text)))
    return said


def _in_order(report: Any) -> Any:
    """Lists of hand-offs that go by their id where all else is the same, by all they say."""
    if isinstance(report, dict):
        return {name: _in_order(value) for name, value in report.items()}
    return sorted(map(json.dumps, report)) if isinstance(report, list) else report


@settings(max_examples=2, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    places=st.lists(st.integers(0, 10_000), min_size=1, max_size=3), as_of=st.sampled_from(["2026-11-23", "2026-07-01"])
)
def test_every_figure_of_funnel_and_promises_stays_to_the_last_one(
    run: Run, sample_database: Path, tmp_path: Path, places: list[int], as_of: str
) -> None:
    path = tmp_path / "erased.duckdb"
    shutil.copyfile(sample_database, path)
    before = figures(run, path, as_of, {})

    known_as = {}
    for place in places:
        lead_id = somebody_handed_over(path, place)
        assert erase(run, path, lead_id).status == 0
        ((new,),) = asked(path, "select erased from erasure order by erased_at desc limit 1")
        known_as[new] = lead_id

    assert figures(run, path, as_of, known_as) == before
    assert run("verify", "--db", path).status == 0


def test_the_terminal_says_what_is_counted_on_what_went_and_what_is_left(run: Run, database_copy: Path) -> None:
    backup = database_copy.parent / "backups" / f"{database_copy.stem}-20261120T040000Z.duckdb"
    backup.parent.mkdir()
    backup.touch()
    aside = database_copy.with_name(f"{database_copy.stem}.before-version-13.duckdb")
    aside.touch()

    ran = erase(run, database_copy, lead_id := somebody_handed_over(database_copy))

    first, gone, backups, beside, elsewhere = ran.out.splitlines()
    assert first.startswith(f"{lead_id} was erased. Counted on, under an id that leads nowhere: ")
    assert "blanked" in gone
    assert backups.startswith("Backups made before still hold the person, while the app runs: ")
    assert f"{backup.name} until 20" in backups
    assert beside.startswith(f"Nothing removes {aside.name}")
    assert elsewhere.startswith("Copies made by hand")
    assert asked(database_copy, f"select count(*) from lead where lead_id = '{lead_id}'") == [(0,)]


def test_nothing_that_is_handed_out_afterwards_names_them(run: Run, database_copy: Path) -> None:
    handing_out = [
        *(("export", what) for what in ("scores", "mqls", "decisions")),
        ("score", "--definition", "config/definition.yaml"),
        ("problems",),
        ("duplicates", "--json"),
        ("agreement",),
        ("imports",),
    ]
    lead_id = somebody_handed_over(database_copy)
    ((email,),) = asked(database_copy, f"select email from lead where lead_id = '{lead_id}'")
    assert any(lead_id in run(*command, "--db", database_copy).out for command in handing_out)

    erase(run, database_copy, lead_id)

    said = "".join(run(*command, "--db", database_copy).out for command in handing_out)
    assert "erased-" in said
    assert [word for word in (lead_id, email) if word in said] == []


def test_a_rehearsal_says_the_same_and_changes_nothing(run: Run, database_copy: Path) -> None:
    lead_id = somebody_handed_over(database_copy)

    rehearsed = erase(run, database_copy, lead_id, "--dry-run", "--json").json

    assert not rehearsed["erased"]
    assert asked(database_copy, f"select count(*) from lead where lead_id = '{lead_id}'") == [(1,)]
    done = erase(run, database_copy, lead_id, "--json").json
    assert done == rehearsed | {"erased": True, "written_anew": True}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "--as", "Marta Vidal", "--reason", "x"), "lead nobody: no lead has this id."),
        (("L0000001", "--as", "Eve", "--reason", "x"), "people.yaml, Eve: nobody is called so."),
    ],
)
def test_who_is_not_there_and_who_may_not_are_refused(
    run: Run, database_copy: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("erase", *arguments, "--db", database_copy)

    assert ran.status == 1
    assert ran.errors[0].startswith(said)


def test_nobody_erased_is_handed_over_again_and_previews_say_how_many_they_miss(run: Run, database_copy: Path) -> None:
    erase(run, database_copy, somebody_handed_over(database_copy))

    ran = run("preview", "--definition", "config/definition.yaml", "--db", database_copy)

    assert ran.out.rstrip().endswith(
        "1 person was erased: what they were and did is unknown, so replays may differ by as many."
    )
