"""What the Data page asks about files that arrive: how they can be read, what they would change, and loading them."""

import re
import shutil
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

import pandas as pd

from lib.app import arrivals
from lib.app.arrivals import Arrival, arrive
from lib.config.folder import read_sources, save_source, sources_as_of
from lib.core.access.rights import Right
from lib.core.errors import Fault, Refused
from lib.core.exchange.mappings import Source
from lib.core.exchange.previews import PreviewedTable
from lib.ui.frame import visitor
from lib.ui.now import present

ROWS_SHOWN = 8

ROWS_AS_WRITTEN = 3


NAME_CHARACTERS = 60
"""File systems allow 255 bytes."""

_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f/\\]")


class Tray:
    """Dropped files in a folder only this process may read, which goes when its visitor does."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=arrivals.drops(present.deployment())))
        self.files: dict[str, Path] = {}
        # At the latest when the session that holds this ends, or the process does.
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def hold(self, uploads: Sequence[tuple[str, str, IO[bytes]]]) -> list[Path]:
        """The files of these ids, names and contents, written once; those no longer given are removed."""
        given = {file_id for file_id, _, _ in uploads}
        for file_id in [held for held in self.files if held not in given]:
            self.files.pop(file_id).unlink(missing_ok=True)
        for file_id, name, content in uploads:
            if file_id not in self.files:
                # A folder each: two files may have one name, and a name is what a reader is told.
                path = Path(tempfile.mkdtemp(dir=self.folder)) / _as_file_name(name)
                with path.open("wb") as written:
                    content.seek(0)
                    shutil.copyfileobj(content, written)
                self.files[file_id] = path
        return [self.files[file_id] for file_id, _, _ in uploads]

    def empty(self) -> None:
        """Remove every file."""
        self._remove()


def _as_file_name(name: str) -> str:
    """What a browser calls a file, as a name it can have here; its end says what it holds."""
    kept = _NOT_IN_A_NAME.sub("_", name)[-NAME_CHARACTERS:]
    return kept if kept.strip(". ") else "file"


@dataclass(frozen=True)
class Looked:
    """A dropped file: how it can be read, or why it cannot."""

    path: Path
    arrival: Arrival | None
    refused: Refused | None = None


def sources() -> tuple[Mapping[str, Source], tuple[Fault, ...]]:
    """The mappings there are now, also those saved since the start, and what is wrong with the others."""
    return _sources(sources_as_of(present.folder()))


@lru_cache(maxsize=2)
def _sources(files: tuple[tuple[Path, int], ...]) -> tuple[Mapping[str, Source], tuple[Fault, ...]]:
    return read_sources(path for path, _ in files)


def save_mapping(name: str, source: Source) -> None:
    """Keep a mapping made by hand under the configuration's sources; raises Refused where it cannot be."""
    visitor.grant().check(Right.IMPORT)
    save_source(present.folder(), name, source)


def look(path: Path) -> Looked:
    """How a file can be read."""
    return _look(path, path.stat().st_mtime_ns, sources_as_of(present.folder()))


@lru_cache(maxsize=64)
def _look(path: Path, changed: int, mappings: tuple[tuple[Path, int], ...]) -> Looked:
    try:
        return Looked(path, arrive(path, _sources(mappings)[0]))
    except Refused as refused:
        return Looked(path, None, refused)


def as_written(arrival: Arrival) -> pd.DataFrame:
    """The first rows of a file under its own headings; raises Refused where it cannot be read."""
    return _as_written(arrival, arrival.file.path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _as_written(arrival: Arrival, changed: int) -> pd.DataFrame:
    return pd.DataFrame(arrivals.as_written(arrival.file, ROWS_AS_WRITTEN).to_pydict())


def first_rows(table: PreviewedTable) -> pd.DataFrame:
    """The first rows of a file as they would become in one table."""
    return pd.DataFrame(
        [{"line": row.line, **row.values, "rejected because": row.fault} for row in table.rows],
        columns=["line", *table.columns, "rejected because"],
    )
