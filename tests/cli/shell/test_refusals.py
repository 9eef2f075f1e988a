"""What the command line refuses: with which status, in how many lines, and without a trace."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.by_hand import DEFINITION
from tests.cli.conftest import Run, World

WRONG_USAGE = [
    [],
    ["bogus"],
    ["score"],
    ["score", "--definition"],
    ["score", "--definition", "d.yaml", "--as-of", "yesterday"],
    ["score", "--definition", "d.yaml", "--as-of", "2026-02-30"],
    ["preview", "--definition", "d.yaml", "--from", "2026-13-01"],
    ["explain", "--definition", "d.yaml"],
    ["import", "a.csv"],
    ["import", "--as", "lead"],
    ["import", "a.csv", "--as", "leads"],
    ["import", "a.csv", "--as", "lead", "--source", "olist"],
    ["sample", "--leads", "0"],
    ["sample", "--leads", "many"],
    ["sample", "--seed", "-1"],
    ["check"],
]


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_exits_with_2_and_says_how_it_is_used(run: Run, arguments: list[str]) -> None:
    refused = run(*arguments)

    assert (refused.status, refused.out) == (2, "")
    assert refused.errors[0].startswith("usage: python -m lib")
    assert "error:" in refused.errors[-1]
    # What a Python function is called helps nobody.
    assert "invalid _" not in refused.errors[-1]
    assert "fromisoformat" not in refused.errors[-1]


@pytest.mark.parametrize("command", ["import", "sample", "score", "preview", "explain", "check"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    helped = run(command, "--help")

    assert (helped.status, helped.errors) == (0, [])
    assert helped.out.startswith(f"usage: python -m lib {command}")
    assert all(option in helped.out for option in ("--db", "--config"))


DATABASES = {
    "score a database that is not there": ("score --definition {good} --db {new}", "there is no database"),
    "score a folder": ("score --definition {good} --db {folder}", "is a folder"),
    "score a database in no folder": ("score --definition {good} --db {folder}/no/x.duckdb", "there is no database"),
    "score a text": ("score --definition {good} --db {good}", "is not a Handshake database"),
    "import into no folder": ("import {leads} --as lead --db {folder}/no/x.duckdb", "there is no folder"),
    "import into a text": ("import {leads} --as lead --db {good}", "is not a Handshake database"),
    "sample into no folder": ("sample --db {folder}/no/x.duckdb", "there is no folder"),
    "sample where leads are": ("sample --leads 5 --db {db}", "holds leads already"),
    "no folder of configuration": ("score --definition {good} --db {db} --config {folder}/no", "no such folder"),
}
OUTPUTS = {
    "scores into no folder": ("score --definition {good} --db {db} --out {folder}/no/x.csv", "cannot be written"),
    "scores onto a folder": ("score --definition {good} --db {db} --out {folder}", "cannot be written"),
    "leads into no folder": ("preview --definition {good} --db {db} --leads {folder}/no/x.csv", "cannot be written"),
    "leads beside json": ("preview --definition {good} --db {db} --leads {folder}/no/x --json", "cannot be written"),
}
DEFINITIONS = {
    f"{name} {asked}": (f"{asked} --db {{db}} --definition {definition}", what)
    for asked in ("score", "preview", "explain p01")
    for name, definition, what in (
        ("no file", "{folder}/no.yaml", "there is no such file"),
        ("a folder", "{folder}", "is a folder"),
        ("a fault", "{bad}", "no field is called 'titel'. Did you mean 'title'?"),
    )
}
QUESTIONS = {
    "against a fault": ("preview --definition {good} --db {db} --against {bad}", "'titel'"),
    "to before from": (
        "preview --definition {good} --db {db} --from 2026-03-02 --to 2026-03-01",
        "2026-03-01 is not after 2026-03-02",
    ),
    "to at from": ("preview --definition {good} --db {db} --from 2026-03-02 --to 2026-03-02", "is not after"),
    "nobody": ("explain nobody --definition {good} --db {db}", "no lead has this id"),
    "too early": ("explain p01 --definition {good} --db {db} --as-of 2020-01-01", "after 2019-12-31T23:00:00Z"),
}
IMPORTS = {
    f"{name} into {db}": (f"import {files} --db {{{db}}}", what)
    for db in ("db", "new")
    for name, files, what in (
        ("no file", "{folder}/no.csv --as lead", "there is no such file"),
        ("a folder", "{folder} --as lead", "is a folder"),
        ("an empty file", "{nothing} --as lead", "is empty"),
        ("no key column", "{leads} --as goal", "month"),
        ("the second file bad", "{leads} {nothing} --as lead", "is empty"),
        ("no such mapping", "{leads} --source olst", "Did you mean 'olist'?"),
    )
}
REFUSED = {**DATABASES, **OUTPUTS, **DEFINITIONS, **QUESTIONS, **IMPORTS}


@pytest.mark.parametrize(("command", "what"), list(REFUSED.values()), ids=list(REFUSED))
def test_a_refusal_exits_with_1_says_why_in_a_line_and_leaves_no_trace(
    run: Run, world: World, tmp_path: Path, command: str, what: str
) -> None:
    names = {"new": "new.duckdb", "nothing": "nothing.csv", "leads": "leads.csv", "db": "h.duckdb", "folder": "folder"}
    places = {name: tmp_path / of for name, of in {**names, "good": "good.yaml", "bad": "bad.yaml"}.items()}
    places["db"].write_bytes(world.db.read_bytes())
    places["good"].write_text(DEFINITION)
    places["bad"].write_text(DEFINITION.replace("field: title", "field: titel"))
    places["nothing"].write_text("")
    places["leads"].write_text("lead_id,created_at,metric,target\nnew,2026-01-01,mql,1\n")
    places["folder"].mkdir()
    before = files_in(tmp_path)

    refused = run(*(word.format(**places) for word in command.split()))

    assert (refused.status, refused.out, len(refused.errors)) == (1, "", 1)
    assert what in refused.errors[0]
    assert files_in(tmp_path) == before


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_database_another_process_has_open_is_refused_with_its_number(run: Run, world: World) -> None:
    holding = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"

    with subprocess.Popen(
        [sys.executable, "-c", holding, str(world.db)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused = run("score", "--definition", world.definition, "--db", world.db)
        other.communicate()

    assert (refused.status, len(refused.errors)) == (1, 1)
    assert f"process {other.pid} has this database open" in refused.errors[0]
