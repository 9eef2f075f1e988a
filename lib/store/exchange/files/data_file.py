"""A file that can be read, and its rows while they are read."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from lib.core.errors import Fault, FileRefused

Format = Literal["csv", "parquet", "json"]


CHUNK_BYTES = 8 << 20
"""What is read at a time, and so the longest possible row."""


BATCH_ROWS = 100_000


MOST_COLUMNS = 2_000
"""No export has so many; each costs work in every row, and in every query over them."""


COLUMNS_VARIABLE = "HANDSHAKE_MOST_COLUMNS"
"""The environment variable by which whoever runs Handshake asks for more."""


MOST_MALFORMED = 100_000
"""A file with more rows that have no columns to speak of is not what it says; they would be kept in memory."""


Progress = Callable[[str, float], None]
"""Called with what is being done and how far it is, from 0 to 1."""


@dataclass(frozen=True)
class DataFile:
    """A file that can be read: `headings` trimmed as written, blank ones included.

    For CSV: `encoding`, `delimiter`, the `preamble` lines above the headings,
    the `heading_lines` these take, whether each line is quoted whole, and whether nothing follows them. `typed` are
    the positions whose values the file itself has as numbers; `remarks` say how it was looked at.
    """

    path: Path
    format: Format
    headings: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    preamble: int = 0
    heading_lines: int = 1
    quoted_lines: bool = False
    empty: bool = False
    typed: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class Malformed:
    """A row that has no columns to speak of: its line, why, and its text."""

    line: int
    reason: str
    text: str


@dataclass
class TextRows:
    """The rows of a file, to be read once.

    `reader` yields `line` (the row's first physical line, headings included;
    in Parquet the row's number) and `c0`, `c1`, …: one trimmed text a heading,
    null when blank. Rows without any text are left out. `read` (how many rows), `malformed` and
    `fault` are filled while reading; a fault ends it.
    """

    reader: pa.RecordBatchReader
    read: int = 0
    malformed: list[Malformed] = field(default_factory=list)
    fault: Fault | None = None


Batches = Iterator[tuple[npt.NDArray[np.int64], list[Any], float]]


def too_malformed(file: DataFile) -> Fault:
    what = f"more than {MOST_MALFORMED:,} rows have no columns to speak of"
    return Fault(file.name, what, "Most likely it is no file of rows, or its delimiter changes. Export it again.")


def most_columns() -> int:
    """How many columns a file may have: as many as the environment asks for, else `MOST_COLUMNS`."""
    asked = os.environ.get(COLUMNS_VARIABLE, "").strip()
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else MOST_COLUMNS


def too_wide(path: Path, columns: int) -> FileRefused:
    """The refusal of a file with more columns than it may have."""
    most = most_columns()
    what = f"has {columns:,} columns, and {most:,} are read" if columns else f"has more than {most:,} columns"
    remedy = f"Export fewer; or set {COLUMNS_VARIABLE} to as many as you mean, where Handshake is started."
    return refusal(path, what, remedy)


def refusal(path: Path, what: str, remedy: str) -> FileRefused:
    return FileRefused(Fault(path.name, what, remedy))
