"""What pyproject.toml says of the package: its version, its command, and that nothing of lib is left behind."""

import re
import tomllib
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEADING = re.compile(r"## (\d+\.\d+\.\d+) \((unreleased|\d{4}-\d{2}-\d{2})\)")


def versions() -> list[tuple[str, str]]:
    """The headings of CHANGELOG.md, the newest first: a version and its day, or "unreleased"."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    return [HEADING.fullmatch(line).groups() for line in lines if line.startswith("## ")]  # type: ignore[union-attr, misc]


def test_the_version_is_that_of_the_newest_heading_in_the_changelog() -> None:
    assert PROJECT["project"]["version"] == versions()[0][0]


def test_only_the_newest_version_may_be_unreleased_and_the_newest_stands_on_top() -> None:
    days = [day for _, day in versions()]
    numbers = [tuple(map(int, version.split("."))) for version, _ in versions()]

    assert "unreleased" not in days[1:]
    assert numbers == sorted(set(numbers), reverse=True)


def test_the_command_is_the_one_that_python_m_lib_runs() -> None:
    (script,) = PROJECT["project"]["scripts"].items()
    name, place = script
    module, function = place.split(":")

    assert name == "handshake"
    assert getattr(import_module(module), function) is import_module("lib.__main__").main


def test_a_wheel_holds_every_file_of_lib() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [path for path in (ROOT / "lib").rglob("*") if path.is_file() and "__pycache__" not in path.parts]

    left_behind = [
        path for path in files if path.suffix != ".py" and not any(fnmatch(path.name, pattern) for pattern in patterns)
    ]

    assert len(files) > 100
    assert left_behind == []


def test_python_is_as_new_as_the_tools_check_for() -> None:
    least = PROJECT["project"]["requires-python"].removeprefix(">=")

    assert PROJECT["tool"]["mypy"]["python_version"] == least
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{least.replace('.', '')}"
