"""Data files as rows of text: format, encoding, delimiter and headings found; every row with its line."""

import csv
import gzip
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from lib.core.errors import Fault
from lib.core.exchange.reading import PLACEHOLDERS
from lib.store.exchange.files.data_file import DataFile, Progress, TextRows, most_columns, refusal, too_wide
from lib.store.exchange.files.delimited import csv_batches, csv_file
from lib.store.exchange.files.encoding import encoding_of, format_of
from lib.store.exchange.files.json_lines import json_batches, json_headings
from lib.store.exchange.files.parquet import parquet_batches, parquet_headings, parquet_numbers

CELLS_AT_ONCE = 200_000
"""So many cells of a file with very many columns are handed on at a time."""


def look_at(path: Path, known: Collection[str]) -> DataFile:
    """What kind of file this is and which headings it has; `known` ones (lower case) help to find the delimiter.

    Raises FileRefused for a file that is missing, empty, cannot be read, or is not what its name says.
    """
    try:
        file = _looked_at(path, known)
    except UnicodeError as error:
        raise refusal(path, "is not text in any usual encoding", "Save it as UTF-8.") from error
    except (pa.ArrowException, gzip.BadGzipFile, EOFError) as error:
        what = f"is not what its name says ({str(error).splitlines()[0]})"
        raise refusal(path, what, "Export it again.") from error
    except OSError as error:
        raise refusal(path, f"cannot be read ({error.strerror or error})", "Check the path and its rights.") from error
    if len(file.headings) > most_columns():
        raise too_wide(path, len(file.headings))
    return file


def _looked_at(path: Path, known: Collection[str]) -> DataFile:
    file_format = format_of(path)
    if file_format == "parquet":
        return DataFile(path, file_format, parquet_headings(path), typed=parquet_numbers(path))
    encoding = encoding_of(path)
    if file_format == "json":
        headings, typed = json_headings(path, encoding)
        return DataFile(path, file_format, headings, encoding, typed=typed)
    return csv_file(path, encoding, known)


def text_rows(
    file: DataFile,
    progress: Progress | None = None,
    most: int | None = None,
    kept: Collection[int] = frozenset(),
) -> TextRows:
    """The rows of the file, ready to be read; the first `most` of them where that is given.

    A text that stands for no value (`PLACEHOLDERS`) is blank but in the columns at the positions `kept`.
    """
    schema = pa.schema([("line", pa.int64())] + [(f"c{i}", pa.string()) for i in range(len(file.headings))])
    batches = {"csv": csv_batches, "json": json_batches, "parquet": parquet_batches}[file.format]

    def guarded() -> Iterator[pa.RecordBatch]:
        try:
            for lines, columns, share in batches(file, rows):
                if progress:
                    progress(f"Reading {file.name}", share)
                batch = _batch(schema, lines, columns, kept)
                if most is not None:
                    batch = batch.slice(0, most - rows.read)
                rows.read += batch.num_rows
                yield batch
                if rows.read == most:
                    return
        except (pa.ArrowException, OSError, EOFError, UnicodeError, csv.Error) as error:
            rows.fault = rows.fault or Fault(file.name, f"cannot be read to its end ({error})", "Export it again.")
            raise

    rows = TextRows(pa.RecordBatchReader.from_batches(schema, guarded()))
    return rows


def in_one_list(reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The same rows as `line` and `cells`, a list of all texts: for files with very many columns."""
    schema = pa.schema([("line", pa.int64()), ("cells", pa.list_(pa.string()))])
    per_batch = max(1, CELLS_AT_ONCE // len(reader.schema))

    def packed() -> Iterator[pa.RecordBatch]:
        parts = (
            batch.slice(start, per_batch) for batch in reader for start in range(0, max(1, batch.num_rows), per_batch)
        )
        for batch in parts:
            columns, rows = batch.columns[1:], batch.num_rows
            by_column = pa.concat_arrays(columns)
            # All of the first column stand first; the rows want the first of each.
            by_row = np.arange(len(columns) * rows).reshape(len(columns), rows).T.ravel()
            ends = pa.array(np.arange(rows + 1) * len(columns), pa.int32())
            cells = pa.ListArray.from_arrays(ends, by_column.take(pa.array(by_row)))
            yield pa.RecordBatch.from_arrays([batch.column("line"), cells], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, packed())


def _batch(
    schema: pa.Schema, lines: npt.NDArray[np.int64], columns: list[Any], kept: Collection[int]
) -> pa.RecordBatch:
    trimmed = [_trimmed(column) for column in columns]
    trimmed = [column if at in kept else _without_placeholders(column) for at, column in enumerate(trimmed)]
    batch = pa.RecordBatch.from_arrays([pa.array(lines, pa.int64()), *trimmed], schema=schema)
    if trimmed and all(column.null_count for column in trimmed):
        blank = trimmed[0].is_null()
        for column in trimmed[1:]:
            blank = pc.and_(blank, column.is_null())
        batch = batch.filter(pc.invert(blank))
    return batch


def _trimmed(texts: pa.Array) -> pa.Array:
    """The texts without white space around them, null when nothing is left."""
    _, offsets_buffer, data_buffer = texts.buffers()
    if len(texts) == 0 or data_buffer is None:
        return texts
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8)
    filled = offsets[1:] > offsets[:-1]
    if filled.sum() == len(texts) - texts.null_count:
        ends = np.concatenate([data[offsets[:-1][filled]], data[offsets[1:][filled] - 1]])
        # Trimming every text costs more than all other reading; few columns have anything to trim.
        if not np.any((ends <= 0x20) | (ends >= 0x80)):
            return texts
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


_STARTS = np.zeros(256, bool)
_STARTS[[ord(letter) for text in PLACEHOLDERS for letter in {text[0].lower(), text[0].upper()}]] = True
_SIZES = np.zeros(max(map(len, PLACEHOLDERS)) + 1, bool)
_SIZES[[len(text) for text in PLACEHOLDERS]] = True


def _without_placeholders(texts: pa.Array) -> pa.Array:
    """The texts, null in the place of those that stand for no value."""
    _, offsets_buffer, data_buffer = texts.buffers()
    if len(texts) == 0 or data_buffer is None or data_buffer.size == 0:
        return texts
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8)
    # Comparing every text costs as much as reading it; few are as long as a placeholder and begin like one.
    sizes = np.diff(offsets)
    likely = np.flatnonzero((sizes > 0) & (sizes < len(_SIZES)))
    likely = likely[_SIZES[sizes[likely]] & _STARTS[data[offsets[likely]]]]
    blank = [at for at, text in zip(likely, texts.take(pa.array(likely)).to_pylist(), strict=True) if _is_blank(text)]
    if not blank:
        return texts
    mask = np.zeros(len(texts), bool)
    mask[blank] = True
    return pc.if_else(pa.array(mask), pa.scalar(None, pa.string()), texts)


def _is_blank(text: str | None) -> bool:
    return text is not None and text.lower() in PLACEHOLDERS
