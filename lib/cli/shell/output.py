"""How a command answers: tables as CSV, objects as JSON, files that appear whole, progress for people."""

import argparse
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np

from lib.core.arrays import Instants
from lib.core.errors import Fault, FileRefused
from lib.core.time import clock


def instants(instants: Instants, blank: np.ndarray[Any, Any]) -> list[str]:
    """Instants as text, the empty text where `blank`."""
    return ["" if none else clock.instant_text(at) for at, none in zip(instants.tolist(), blank.tolist(), strict=True)]


@contextmanager
def output(chosen: argparse.Namespace, name: str | None) -> Iterator[TextIO]:
    """The terminal, or a text file that appears whole or not at all."""
    if name is None:
        yield chosen.terminal.out
        return
    with binary_output(chosen, name) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        yield text
        text.detach()


@contextmanager
def binary_output(chosen: argparse.Namespace, name: str) -> Iterator[BinaryIO]:
    """A file that appears whole or not at all."""
    path: Path = chosen.terminal.path(name)
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise FileRefused(
            Fault(name, f"cannot be written: {error.strerror}", "Name a file in a folder that exists.")
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def say(chosen: argparse.Namespace, text: str) -> None:
    """A line, or several, to the terminal."""
    print(text, file=chosen.terminal.out)


def counted(number: int, one: str, many: str | None = None) -> str:
    """So many of something, in words: `1 entry`, `2,000 entries`; without `many`, several have an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def print_json(chosen: argparse.Namespace, value: object) -> None:
    say(chosen, json.dumps(value, ensure_ascii=False, indent=2))


def progress(chosen: argparse.Namespace) -> Callable[[str, float], None]:
    """A line on standard error that keeps itself up to date, for people only; raises once nobody is there any more."""

    def show(doing: str, share: float) -> None:
        chosen.terminal.still_there()
        if not chosen.terminal.watched:
            return
        end = "\n" if share >= 1 else ""
        print(f"\r\033[K{share:4.0%} {doing}", end=end, file=chosen.terminal.err, flush=True)

    return show
