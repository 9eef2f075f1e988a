"""The Markdown files of the repository, and what stands in them: blocks, spans of code, tables, links."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]

BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text without the indentation, and where it stands."""

    language: str
    text: str
    at: int
    place: str


@cache
def documents() -> tuple[Path, ...]:
    """Every Markdown file of the repository, those not yet committed included."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(ROOT / name for name in sorted(names) if name and (ROOT / name).is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(path: Path, *languages: str) -> Iterator[Block]:
    """The blocks in one of these languages."""
    text = path.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        if found["language"] in languages:
            line = text.count("\n", 0, found.start()) + 1
            yield Block(found["language"], dedent(found["text"]), found.start(), f"{name_of(path)}, line {line}")


def spans(path: Path) -> Iterator[tuple[int, str]]:
    """What stands between single backticks outside of blocks, and where each begins."""
    text = BLOCK.sub(lambda block: " " * len(block[0]), path.read_text(encoding="utf-8"))
    for found in SPAN.finditer(text):
        yield found.start(), found[1].replace("\\|", "|")


def table(text: str, heading: str) -> list[list[str]]:
    """The rows, cell by cell, of the table whose first heading this is."""
    lines = text.splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith(f"| {heading} |")) + 2
    rows = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("\\|", "|") for cell in CELL.split(line)[1:-1]])
    return rows


def section(text: str, heading: str) -> str:
    """What stands below a heading of the second order, each line end a blank."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    return " ".join(found[1].split())
