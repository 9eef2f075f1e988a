"""Rows of JSON lines and JSON lists."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from lib.store.exchange.files import data_file
from lib.store.exchange.files.data_file import (
    Batches,
    DataFile,
    Malformed,
    TextRows,
    most_columns,
    refusal,
    too_malformed,
    too_wide,
)
from lib.store.exchange.files.encoding import text_of

BATCH_CHARACTERS = 64 << 20
"""So much text is held at a time, however few rows it is."""

EXACT = 2**53
"""Whole numbers below this are themselves as floats."""


def json_headings(path: Path, encoding: str) -> tuple[tuple[str, ...], frozenset[int]]:
    """The file's headings, and the positions of those whose values are all numbers."""
    headings: dict[str, bool] = {}
    objects, most = 0, most_columns()
    for _, _, values in _json_objects(path, encoding):
        if isinstance(values, dict):
            objects += 1
            for key, value in values.items():
                headings[key] = headings.get(key, True) and (value is None or isinstance(value, int | float))
            if len(headings) > most:
                # Every line may have keys of its own: they are not waited for.
                raise too_wide(path, 0)
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
            is_object = isinstance(values, dict) and ("\\u" not in text or _are_texts(values))
            yield line, text, values if is_object else None


def _are_texts(keys: Iterable[str]) -> bool:
    """Whether none of them holds half a character, which JSON can write and nobody can say."""
    return not any("\ud800" <= character <= "\udfff" for key in keys for character in key)


def json_batches(file: DataFile, rows: TextRows) -> Batches:
    size = max(1, file.path.stat().st_size)
    lines: list[int] = []
    columns: list[list[str | None]] = [[] for _ in file.headings]
    characters = handed_on = 0

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
        if len(lines) == data_file.BATCH_ROWS or characters - handed_on > BATCH_CHARACTERS:
            yield filled()
            handed_on = characters
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
