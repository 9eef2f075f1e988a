"""Rows of Parquet files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from lib.core.errors import Fault
from lib.store.exchange.files import data_file
from lib.store.exchange.files.data_file import Batches, DataFile, TextRows
from lib.store.exchange.files.encoding import MOST_UNPACKED_TIMES, SMALL_BYTES
from lib.store.exchange.files.json_lines import EXACT, json_text

NESTED_AT_ONCE = 256
"""Rows of a file with lists in it, of which it cannot be said before how long they are."""

MOST_ROWS_A_BYTE = 200
SMALL_ROWS = 1_000_000
PIECE_BYTES = 64 << 20
"""So many bytes of texts are unpacked at a time."""


def parquet_headings(path: Path) -> tuple[str, ...]:
    return tuple(pyarrow.parquet.ParquetFile(path).schema_arrow.names)


def parquet_numbers(path: Path) -> frozenset[int]:
    """The positions of the columns that hold numbers."""
    types = pyarrow.parquet.ParquetFile(path).schema_arrow.types
    is_number = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return frozenset(at for at, kind in enumerate(types) if any(one(kind) for one in is_number))


def parquet_batches(file: DataFile, rows: TextRows) -> Batches:
    """What a few bytes declare to be many rows, or long texts, is refused before it is unpacked."""
    metadata = pyarrow.parquet.ParquetFile(file.path).metadata
    size = file.path.stat().st_size
    _refuse_too_many(file, rows, metadata, size)
    schema = pyarrow.parquet.ParquetFile(file.path).schema_arrow
    texts = [field.name for field in schema if _is_text(field.type)]
    at_once = NESTED_AT_ONCE if any(pa.types.is_nested(field.type) for field in schema) else data_file.BATCH_ROWS
    # As a dictionary, each text is there once, however often it is said.
    parquet = pyarrow.parquet.ParquetFile(file.path, read_dictionary=texts)
    total, read = max(1, metadata.num_rows), 0
    left = max(SMALL_BYTES, MOST_UNPACKED_TIMES * size)
    for batch in parquet.iter_batches(batch_size=at_once):
        lengths = _lengths(batch)
        left -= int(lengths.sum())
        if left < 0:
            what = f"unpacks to more than {MOST_UNPACKED_TIMES} times its size"
            raise _ended(
                rows, Fault(file.name, what, "Look at it before you trust it; export it anew if it is meant so.")
            )
        if lengths.size and lengths.max() > data_file.CHUNK_BYTES:
            line = read + int(lengths.argmax()) + 1
            what = f"row {line:,} is longer than {data_file.CHUNK_BYTES:,} bytes"
            raise _ended(rows, Fault(file.name, what, "Export fewer columns, or shorter texts."))
        for start, end in _pieces(lengths):
            lines = np.arange(read + 1, read + end - start + 1, dtype=np.int64)
            read += end - start
            yield lines, [_as_text(column) for column in batch.slice(start, end - start).columns], read / total


def _is_text(kind: pa.DataType) -> bool:
    return any(
        one(kind)
        for one in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    )


def _refuse_too_many(file: DataFile, rows: TextRows, metadata: Any, size: int) -> None:
    values = 0
    for group in range(metadata.num_row_groups):
        of_group = metadata.row_group(group)
        values = max([values, *(of_group.column(at).num_values for at in range(of_group.num_columns))])
    if max(metadata.num_rows, values) > max(SMALL_ROWS, MOST_ROWS_A_BYTE * size):
        what = f"says it holds {max(metadata.num_rows, values):,} rows in {size:,} bytes"
        raise _ended(rows, Fault(file.name, what, "Look at it before you trust it; export it anew if it is meant so."))


def _ended(rows: TextRows, fault: Fault) -> pa.ArrowInvalid:
    rows.fault = fault
    return pa.ArrowInvalid(fault.what)


def _lengths(batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
    """How many bytes of text each row has."""
    lengths = np.zeros(batch.num_rows, dtype=np.int64)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            of_text = pc.fill_null(pc.binary_length(column.dictionary), 0).to_numpy(zero_copy_only=False)
            of_text = np.append(of_text.astype(np.int64), 0)
            lengths += of_text[pc.fill_null(column.indices, len(of_text) - 1).to_numpy(zero_copy_only=False)]
    return lengths


def _pieces(lengths: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Rows one after the other whose texts are no more than `PIECE_BYTES`, or one row."""
    start, ends = 0, np.cumsum(lengths)
    while start < len(lengths):
        before = int(ends[start - 1]) if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + PIECE_BYTES, side="right")))
        yield start, end
        start = end


def _as_text(values: pa.Array) -> pa.Array:
    kind = values.type
    if pa.types.is_dictionary(kind):
        return _as_text(values.dictionary_decode())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        # Some writers do not mark their texts as such.
        return pa.array([v if v is None else v.decode("utf-8", "replace") for v in values.to_pylist()], pa.string())
    if pa.types.is_nested(kind):
        return pa.array([json_text(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_floating(kind):
        values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, kind))
        # As a text a float of eleven digits, which an id may have, has an exponent.
        whole = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), EXACT))
        as_whole = pc.if_else(whole, values, pa.scalar(None, kind)).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(as_whole, values.cast(pa.string()))
    if pa.types.is_timestamp(kind):
        values = values.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
    return values.cast(pa.string())
