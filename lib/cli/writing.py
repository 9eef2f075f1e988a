"""How a command answers: tables as CSV, objects as JSON, files that appear whole, progress for people."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from lib.core import clock
from lib.core.errors import Fault, FileRefused
from lib.core.history import Instants


def instants(instants: Instants, blank: np.ndarray[Any, Any]) -> list[str]:
    """Instants as text, the empty text where `blank`."""
    return ["" if none else clock.instant_text(at) for at, none in zip(instants.tolist(), blank.tolist(), strict=True)]


def write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


@contextmanager
def output(name: str | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole or not at all."""
    if name is None:
        yield sys.stdout
        return
    path = Path(name)
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise FileRefused(
            Fault(name, f"cannot be written: {error.strerror}", "Name a file in a folder that exists.")
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def progress() -> Callable[[str, float], None] | None:
    """A line on standard error that keeps itself up to date, for people only."""
    if not sys.stderr.isatty():
        return None

    def show(doing: str, share: float) -> None:
        end = "\n" if share >= 1 else ""
        print(f"\r\033[K{share:4.0%} {doing}", end=end, file=sys.stderr, flush=True)

    return show
