"""The command and its table."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from bench.truth.__main__ import MARK, main
from bench.truth.answers import Answer, Said, Told
from bench.truth.drafts import Kind
from bench.truth.table import of_world, overview
from bench.truth.worlds import WORLDS
from tests.truth.held import surely_above, surely_below


def answer(draft: str, said: Said | None) -> Answer:
    told = Told(100, 0, said, refused=said is None)
    return Answer("coin", 0, 0, draft, Kind.LOWER, 100, 0, 0.45, 0.45, told)


def test_the_table_says_of_each_draft_what_is_true_and_what_was_said() -> None:
    found = of_world("coin", [answer("5 points lower", Said(0.46, 0.44, 0.48)), answer("10 points lower", None)])

    assert "| 5 points lower | 45.0 | 46.0 | +1.0 | 2.0 | 100.0 | 100.0 | 0.0 | 0.0 | 0.0 | 0.0 | 0.0 |" in found
    assert "| 10 points lower | 45.0 |  |  |  |  |  | 100.0 | 0.0 | 0.0 | 0.0 | 0.0 |" in found


def test_every_world_has_a_line() -> None:
    found = overview({world.name: [answer("5 points lower", None)] for world in WORLDS})

    assert [line.split(" | ")[0] for line in found.splitlines()[2:]] == [f"| {world.name}" for world in WORLDS]


def test_the_command_says_what_it_found(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    # A test of a page leaves its script as the main module, and another process would run that first.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))

    done = main(["--world", "40 decided", "--repetitions", "1", "--histories", "1", "--processes", "1"])

    said = capsys.readouterr().out
    assert done == 0
    assert "1 redraws on 1 histories of each world" in said
    assert "| *all* |" in said


def test_a_table_of_some_worlds_is_not_written_over_that_of_all(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{MARK}\nall\n{MARK}\n")

    with pytest.raises(SystemExit):
        main(["--world", "coin", "--write", str(page)])

    assert page.read_text() == f"{MARK}\nall\n{MARK}\n"


def test_what_is_sure_allows_for_a_simulations_own_error() -> None:
    assert not surely_below(0.90, 100, 0.93)
    assert surely_below(0.86, 100, 0.93)
    assert not surely_above(0.99, 100, 0.97)
    assert surely_above(0.99, 1_000, 0.97)
    assert surely_above(0.09, 100, 0.03)
