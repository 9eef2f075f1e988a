"""Rows of JSON lines and JSON lists."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from lib.store.exchange.files import data_file
from lib.store.exchange.files.data_file import Batches, DataFile, Malformed, TextRows, refusal, too_malformed
from lib.store.exchange.files.encoding import text_of

EXACT = 2**53
"""Whole numbers below this are themselves as floats."""


def json_headings(path: Path, encoding: str) -> tuple[tuple[str, ...], frozenset[int]]:
    """The file's headings, and the positions of those whose values are all numbers."""
    headings: dict[str, bool] = {}
    objects = 0
    for _, _, values in _json_objects(path, encoding):
        if isinstance(values, dict):
            objects += 1
            for key, value in values.items():
                headings[key] = headings.get(key, True) and (value is None or isinstance(value, int | float))
    if not objects:
        raise refusal(path, "holds no JSON lines", 'Write one JSON object a line, like {"lead_id": "a"}.')
    typed = frozenset(at for at, numbers in enumerate(headings.values()) if numbers)
    return tuple(heading.strip() for heading in headings), typed


def _json_objects(path: Path, encoding: str) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    """Each line that is not blank: its number, its text, and its object, None when it is none."""
    with text_of(path, encoding) as stream:
        for line, text in enumerate(iter(lambda: stream.readline(data_file.CHUNK_BYTES), ""), start=1):
            if len(text) == data_file.CHUNK_BYTES and not text.endswith("\n"):
                what = f"line {line} is longer than {data_file.CHUNK_BYTES:,} characters"
                raise refusal(path, what, "Write one JSON object a line.")
            if not text.strip():
                continue
            try:
                values = json.loads(text)
            except (ValueError, RecursionError):
                values = None
            yield line, text, values if isinstance(values, dict) else None


def json_batches(file: DataFile, rows: TextRows) -> Batches:
    size = max(1, file.path.stat().st_size)
    lines: list[int] = []
    columns: list[list[str | None]] = [[] for _ in file.headings]
    characters = 0

    def filled() -> tuple[npt.NDArray[np.int64], list[Any], float]:
        arrays = [pa.array(column, pa.string()) for column in columns]
        return np.array(lines, dtype=np.int64), arrays, min(1.0, characters / size)

    for line, text, values in _json_objects(file.path, file.encoding):
        characters += len(text)
        if values is None:
            if len(rows.malformed) == data_file.MOST_MALFORMED:
                rows.fault = too_malformed(file)
                raise pa.ArrowInvalid(rows.fault.what)
            rows.malformed.append(Malformed(line, "is not a JSON object", text.strip()))
            continue
        stripped = {key.strip(): value for key, value in values.items()}
        lines.append(line)
        for heading, column in zip(file.headings, columns, strict=True):
            column.append(json_text(stripped.get(heading)))
        if len(lines) == data_file.BATCH_ROWS:
            yield filled()
            lines.clear()
            for column in columns:
                column.clear()
    yield filled()


def json_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        # A number that is whole, an id above all, is written without a fraction.
        value = int(value)
    return json.dumps(value, ensure_ascii=False, default=str)
