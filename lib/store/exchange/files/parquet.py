"""Rows of Parquet files."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from lib.store.exchange.files import data_file
from lib.store.exchange.files.data_file import Batches, DataFile, TextRows
from lib.store.exchange.files.json_lines import EXACT, json_text


def parquet_headings(path: Path) -> tuple[str, ...]:
    return tuple(pyarrow.parquet.ParquetFile(path).schema_arrow.names)


def parquet_numbers(path: Path) -> frozenset[int]:
    """The positions of the columns that hold numbers."""
    types = pyarrow.parquet.ParquetFile(path).schema_arrow.types
    is_number = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return frozenset(at for at, kind in enumerate(types) if any(one(kind) for one in is_number))


def parquet_batches(file: DataFile, rows: TextRows) -> Batches:
    parquet = pyarrow.parquet.ParquetFile(file.path)
    total = max(1, parquet.metadata.num_rows)
    read = 0
    for batch in parquet.iter_batches(batch_size=data_file.BATCH_ROWS):
        lines = np.arange(read + 1, read + batch.num_rows + 1, dtype=np.int64)
        read += batch.num_rows
        yield lines, [_as_text(column) for column in batch.columns], read / total


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
