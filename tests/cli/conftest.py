"""A command run in this process, its clock set, and a small world imported to run it on."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lib.__main__ import DONE, main
from lib.cli.shell import context
from tests.cli.by_hand import DEFINITION, OTHER, Somebody, a_small_world

ROOT = Path(__file__).parents[2]
SHIPPED = str(ROOT / "config" / "definition.yaml")


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit status and what it wrote."""

    status: int
    out: str
    errors: list[str]

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, str]]:
        return rows_of(self.out)


Run = Callable[..., Ran]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process, in the repository's folder."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("HANDSHAKE_CONFIG", raising=False)

    def ran(*arguments: object) -> Ran:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Ran(status, written.out, written.err.splitlines())

    return ran


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the instant the commands take for now."""

    def at(instant: datetime) -> None:
        monkeypatch.setattr(context, "now", lambda: int(instant.timestamp()) * 1_000_000)

    return at


@dataclass(frozen=True)
class World:
    """The small world, imported; `definition` is the draft and `other` the one it is set against."""

    people: list[Somebody]
    folder: Path
    db: Path
    definition: Path
    other: Path


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    made = World(a_small_world(), folder, folder / "world.duckdb", folder / "draft.yaml", folder / "other.yaml")
    made.definition.write_text(DEFINITION)
    made.other.write_text(OTHER)
    for kind, rows in (
        ("lead", [who.row for who in made.people]),
        ("activity", [one for who in made.people for one in who.did]),
    ):
        with (folder / f"{kind}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        config = str(ROOT / "config")
        assert main(["import", f"{folder / kind}.csv", "--as", kind, "--db", str(made.db), "--config", config]) == 0
    return made


def with_status(db: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command on this database: its status, and what it printed on both streams."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        status = main([*arguments, "--db", str(db), "--config", str(ROOT / "config")])
        return status, *capsys.readouterr()

    return ran


def done(db: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command on this database that must not be refused: what it printed, as JSON where that was asked for."""
    run = with_status(db, capsys)

    def ran(*arguments: str) -> Any:
        status, out, err = run(*arguments)
        assert status == DONE, err
        return json.loads(out) if "--json" in arguments else out

    return ran
