"""Data files as rows of text: format, encoding, delimiter and headings found; every row with its line."""

import codecs
import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import charset_normalizer
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from lib.core.errors import Fault, FileRefused
from lib.core.exchange.spreadsheet import GUARD, as_meant

Format = Literal["csv", "parquet", "json"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
}

DELIMITERS = ",;\t|"

HEAD_CHARACTERS = 1 << 20
"""How much of a CSV file is looked at for its delimiter and headings."""

CHUNK_BYTES = 8 << 20
"""What is read at a time, and so the longest possible row."""

BATCH_ROWS = 100_000

CELLS_AT_ONCE = 200_000
"""So many cells of a file with very many columns are handed on at a time."""

MOST_MALFORMED = 100_000
"""A file with more rows that have no columns to speak of is not what it says; they would be kept in memory."""

MOST_UNPACKED_TIMES = 200
"""A compressed file that unpacks to more than so many times its size is made to fill a disk, once it is not small."""

SMALL_BYTES = 100_000_000

_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"PAR1"

# Longest first: the first two bytes of UTF-32's mark are UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

Progress = Callable[[str, float], None]
"""Called with what is being done and how far it is, from 0 to 1."""


@dataclass(frozen=True)
class DataFile:
    """A file that can be read: `headings` trimmed as written, blank ones included.

    For CSV: `encoding`, `delimiter`, the `preamble` lines above the headings,
    the `heading_lines` these take, and whether nothing follows them.
    """

    path: Path
    format: Format
    headings: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    preamble: int = 0
    heading_lines: int = 1
    empty: bool = False

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


def look_at(path: Path, known: Collection[str]) -> DataFile:
    """What kind of file this is and which headings it has; `known` ones (lower case) help to find the delimiter.

    Raises FileRefused for a file that is missing, empty, cannot be read, or is not what its name says.
    """
    try:
        file_format = _format(path)
        if file_format == "parquet":
            return _named(DataFile(path, file_format, tuple(pyarrow.parquet.ParquetFile(path).schema_arrow.names)))
        encoding = _encoding(path)
        if file_format == "json":
            return _named(DataFile(path, file_format, _json_headings(path, encoding), encoding))
        return _named(_csv_file(path, encoding, known))
    except UnicodeError as error:
        raise _refusal(path, "is not text in any usual encoding", "Save it as UTF-8.") from error
    except (pa.ArrowException, gzip.BadGzipFile, EOFError) as error:
        what = f"is not what its name says ({str(error).splitlines()[0]})"
        raise _refusal(path, what, "Export it again.") from error
    except OSError as error:
        raise _refusal(path, f"cannot be read ({error.strerror or error})", "Check the path and its rights.") from error


def text_rows(file: DataFile, progress: Progress | None = None, most: int | None = None) -> TextRows:
    """The rows of the file, ready to be read; the first `most` of them where that is given."""
    schema = pa.schema([("line", pa.int64())] + [(f"c{i}", pa.string()) for i in range(len(file.headings))])
    batches = {"csv": _csv_batches, "json": _json_batches, "parquet": _parquet_batches}[file.format]

    def guarded() -> Iterator[pa.RecordBatch]:
        try:
            for lines, columns, share in batches(file, rows):
                if progress:
                    progress(f"Reading {file.name}", share)
                batch = _batch(schema, lines, columns)
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


Batches = Iterator[tuple[npt.NDArray[np.int64], list[Any], float]]


def _batch(schema: pa.Schema, lines: npt.NDArray[np.int64], columns: list[Any]) -> pa.RecordBatch:
    trimmed = [_trimmed(column) for column in columns]
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


def _format(path: Path) -> Format:
    if path.is_dir():
        raise _refusal(path, "is a folder", "Name the files in it.")
    if not path.exists():
        raise _refusal(path, "there is no such file", "Check the path.")
    if not path.is_file():
        raise _refusal(path, "is not a file", "Save the data to a file first.")
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise _refusal(path, "is empty", "Export it again.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = bool(suffixes) and suffixes[-1] == ".gz"
    named = suffixes[-2:-1] if zipped else suffixes[-1:]
    if not named or named[0] not in FORMATS:
        raise _refusal(
            path, "its name does not say what it is", "Name it .csv (or .csv.gz), .parquet, or .jsonl for JSON lines."
        )
    if zipped != start.startswith(_GZIP):
        what = "is not compressed by gzip" if zipped else "is compressed by gzip"
        raise _refusal(path, f"{what}, other than its name says", "Rename it, with .gz at the end when it is gzip.")
    if FORMATS[named[0]] == "parquet":
        if zipped or start != _PARQUET:
            raise _refusal(path, "is not a Parquet file", "Name it by what it is: .csv or .jsonl.")
    elif start in (_ZIP, _PARQUET):
        what = "is a Parquet file" if start == _PARQUET else "is a spreadsheet or a zip file"
        raise _refusal(path, f"{what}, not text", "Name a Parquet file .parquet; save a spreadsheet as CSV.")
    return FORMATS[named[0]]


def _open(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def _encoding(path: Path) -> str:
    """The encoding all of the file can be read in: by its mark, else UTF-8, else the likeliest older one."""
    with _open(path) as stream:
        sample = stream.read(1 << 16)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            if not _reads_as(path, encoding):
                raise _refusal(path, f"begins as {encoding.upper()} but is not", "Save it as UTF-8.")
            return encoding
    if b"\x00" in sample:
        for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
            if zeros.count(0) > len(zeros) // 2 and _reads_as(path, encoding):
                return encoding
        raise _refusal(path, "is not a text file", "Export it as CSV in UTF-8.")
    if _reads_as(path, "utf-8"):
        return "utf-8"
    in_runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{3,}", sample))
    if in_runs > sum(byte >= 0x80 for byte in sample) / 2:
        # In Western texts accents stand alone; whole words beyond ASCII are another script.
        guess = charset_normalizer.from_bytes(sample).best()
        if guess is not None and _reads_as(path, guess.encoding):
            return guess.encoding
    # Latin-1 reads anything; asked all the same, for what every file is refused for.
    return next(encoding for encoding in ("cp1252", "latin-1") if _reads_as(path, encoding))


def _reads_as(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    most = max(SMALL_BYTES, MOST_UNPACKED_TIMES * path.stat().st_size)
    unpacked = 0
    with _open(path) as stream:
        try:
            while chunk := stream.read(CHUNK_BYTES):
                unpacked += len(chunk)
                if unpacked > most:
                    what = f"unpacks to more than {MOST_UNPACKED_TIMES} times its size"
                    raise _refusal(path, what, "Look at it before you trust it; unpack it yourself if it is meant so.")
                if "\x00" in decoder.decode(chunk):
                    raise _refusal(path, "is not a text file", "Export it as CSV in UTF-8.")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _text(path: Path, encoding: str) -> IO[str]:
    return io.TextIOWrapper(_open(path), "utf-8-sig" if encoding == "utf-8" else encoding, newline="")


def _csv_file(path: Path, encoding: str, known: Collection[str]) -> DataFile:
    with _text(path, encoding) as stream:
        head = stream.read(HEAD_CHARACTERS)
    whole = len(head) < HEAD_CHARACTERS
    lines = head.splitlines(keepends=True)
    preamble = 0
    told = None
    for line in lines:
        if line.strip() and not (told is None and line.lower().startswith("sep=")):
            break
        # Excel's own way of saying which delimiter follows.
        told = line.strip()[4:5] or told
        preamble += 1
    body = "".join(lines[preamble:])
    if not body.strip():
        raise _refusal(path, "holds no headings", "Export it again.")
    best: tuple[tuple[int, int], str, list[str], int, bool] | None = None
    for delimiter in told or DELIMITERS:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
        try:
            headings = [heading.strip() for heading in next(reader)]
            heading_lines = reader.line_num
            followed = any(reader)
        except csv.Error:
            continue
        found = (sum(heading.lower() in known for heading in headings), len(headings))
        if best is None or found > best[0]:
            best = (found, delimiter, headings, heading_lines, followed)
    if best is None:
        raise _refusal(path, "is no CSV: its first row never ends", "Close its quotes.")
    _, delimiter, headings, heading_lines, followed = best
    if not whole and not followed:
        what = f"its first row is longer than {HEAD_CHARACTERS:,} characters"
        raise _refusal(path, what, "Most likely a quote in it is never closed; or export fewer columns.")
    empty = whole and not followed
    return DataFile(path, "csv", tuple(headings), encoding, delimiter, preamble, heading_lines, empty)


def _named(file: DataFile) -> DataFile:
    seen: set[str] = set()
    for heading in file.headings:
        folded = heading.strip().lower()
        if folded and folded in seen:
            raise _refusal(file.path, f"the heading '{heading}' is written twice", "Rename or remove one of them.")
        seen.add(folded)
    return file


def _csv_batches(file: DataFile, rows: TextRows) -> Batches:
    if file.empty:
        return
    names = [f"c{i}" for i in range(len(file.headings))]
    refused: list[Any] = []
    count = _LineCount(file, refused, rows.malformed)

    def keep_aside(row: Any) -> str:
        if len(refused) + len(rows.malformed) == MOST_MALFORMED:
            rows.fault = _too_malformed(file)
            return "error"
        refused.append(row)
        return "skip"

    with pa.OSFile(str(file.path)) as raw:
        size = max(1, raw.size())
        stream = pa.CompressedInputStream(raw, "gzip") if file.path.suffix.lower() == ".gz" else raw
        if file.encoding != "utf-8":
            stream = pa.transcoding_input_stream(stream, file.encoding, "utf-8")
        try:
            reader = pyarrow.csv.open_csv(
                stream,
                pyarrow.csv.ReadOptions(
                    # Threads would lose the numbers of malformed rows.
                    use_threads=False,
                    block_size=CHUNK_BYTES,
                    column_names=names,
                    skip_rows=file.preamble,
                    skip_rows_after_names=1,
                ),
                pyarrow.csv.ParseOptions(
                    delimiter=file.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep_aside,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                ),
            )
            for batch in reader:
                yield count.lines(batch), [_unguarded(column) for column in batch.columns], min(1.0, raw.tell() / size)
        except pa.ArrowInvalid as error:
            if "straddling" in str(error):
                what = f"a row at or after line {count.next_line:,} is longer than {CHUNK_BYTES:,} bytes"
                rows.fault = Fault(file.name, what, "Most likely a quote is never closed. Nothing was loaded.")
            raise
        count.finish()
        if count.open_quote_line is not None:
            what = f"line {count.open_quote_line} opens a quote that is never closed"
            rows.fault = Fault(file.name, what, "Close it. Nothing was loaded.")
            raise pa.ArrowInvalid(what)


def _unguarded(texts: pa.Array) -> pa.Array:
    """The texts as they were before a file of ours, or a spreadsheet's user, kept them from being formulas."""
    _, offsets_buffer, data_buffer = texts.buffers()
    if len(texts) == 0 or data_buffer is None:
        return texts
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    first = np.frombuffer(data_buffer, np.uint8)[offsets[:-1][offsets[1:] > offsets[:-1]]]
    # Hardly a column of any file has one, and this looks at every text of every file.
    if not np.any(first == ord(GUARD)):
        return texts
    return pa.array([None if text is None else as_meant(text) for text in texts.to_pylist()], pa.string())


def _too_malformed(file: DataFile) -> Fault:
    what = f"more than {MOST_MALFORMED:,} rows have no columns to speak of"
    return Fault(file.name, what, "Most likely it is no file of rows, or its delimiter changes. Export it again.")


class _LineCount:
    """The physical line each row begins on, blank lines, quoted line ends and malformed rows counted."""

    def __init__(self, file: DataFile, refused: list[Any], malformed: list[Malformed]) -> None:
        self.next_line = file.preamble + file.heading_lines + 1
        self.open_quote_line: int | None = None
        self._file = file
        self._next_row = file.preamble + 2
        self._refused = refused
        self._malformed = malformed
        self._last_row = (0, False)

    def lines(self, batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
        """The first line of each row of the next batch."""
        heights = np.ones(batch.num_rows, dtype=np.int64)
        for column in batch.columns:
            data = column.buffers()[2]
            if data is not None and _holds_line_end(data):
                ends = pc.count_substring_regex(column, r"\r\n|\r|\n").fill_null(0)
                heights += ends.to_numpy(zero_copy_only=False)
        places = [row.number - self._next_row - i for i, row in enumerate(self._refused)]
        between = [place for place in places if place <= batch.num_rows]
        refused, self._refused[: len(between)] = self._refused[: len(between)], []
        refused_heights = [1 + len(_line_ends(row.text)) for row in refused]
        all_heights = np.insert(heights, between, refused_heights)
        starts = self.next_line + np.cumsum(all_heights) - all_heights
        refused_rows = np.array(between, dtype=np.int64) + np.arange(len(between))
        for row, line in zip(refused, starts[refused_rows].tolist(), strict=True):
            self._note(row, line)
        lines = np.delete(starts, refused_rows)
        self.next_line += int(all_heights.sum())
        self._next_row += len(all_heights)
        if batch.num_rows:
            self._last_row = (int(lines[-1]), bool(heights[-1] > 1))
        return lines

    def finish(self) -> None:
        """Counts what was malformed after the last row, and looks for a quote that was never closed."""
        trailing = list(self._refused)
        self._refused.clear()
        for row in trailing:
            self._note(row, self.next_line)
            self.next_line += 1 + len(_line_ends(row.text))
        last_line, last_is_long = self._last_row
        if self._malformed and self._malformed[-1].line > last_line:
            if _ends_in_quote(self._malformed[-1].text, self._file.delimiter):
                self.open_quote_line = self._malformed[-1].line
        elif last_is_long and _quotes(self._file) % 2:
            self.open_quote_line = last_line

    def _note(self, row: Any, line: int) -> None:
        values = "1 value" if row.actual_columns == 1 else f"{row.actual_columns} values"
        reason = f"has {values} for {row.expected_columns} headings"
        self._malformed.append(Malformed(line, reason, row.text))


def _holds_line_end(data: pa.Buffer) -> bool:
    content = data.to_pybytes()
    return b"\n" in content or b"\r" in content


def _line_ends(text: str) -> str:
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\r\n")


def _ends_in_quote(row: str, delimiter: str) -> bool:
    try:
        list(csv.reader(io.StringIO(row, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _quotes(file: DataFile) -> int:
    with _text(file.path, file.encoding) as stream:
        return sum(chunk.count('"') for chunk in iter(lambda: stream.read(CHUNK_BYTES), ""))


def _json_headings(path: Path, encoding: str) -> tuple[str, ...]:
    headings: dict[str, None] = {}
    objects = 0
    for _, _, values in _json_objects(path, encoding):
        if isinstance(values, dict):
            objects += 1
            headings.update(dict.fromkeys(values))
    if not objects:
        raise _refusal(path, "holds no JSON lines", 'Write one JSON object a line, like {"lead_id": "a"}.')
    return tuple(heading.strip() for heading in headings)


def _json_objects(path: Path, encoding: str) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    """Each line that is not blank: its number, its text, and its object, None when it is none."""
    with _text(path, encoding) as stream:
        for line, text in enumerate(iter(lambda: stream.readline(CHUNK_BYTES), ""), start=1):
            if len(text) == CHUNK_BYTES and not text.endswith("\n"):
                what = f"line {line} is longer than {CHUNK_BYTES:,} characters"
                raise _refusal(path, what, "Write one JSON object a line.")
            if not text.strip():
                continue
            try:
                values = json.loads(text)
            except (ValueError, RecursionError):
                values = None
            yield line, text, values if isinstance(values, dict) else None


def _json_batches(file: DataFile, rows: TextRows) -> Batches:
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
            if len(rows.malformed) == MOST_MALFORMED:
                rows.fault = _too_malformed(file)
                raise pa.ArrowInvalid(rows.fault.what)
            rows.malformed.append(Malformed(line, "is not a JSON object", text.strip()))
            continue
        stripped = {key.strip(): value for key, value in values.items()}
        lines.append(line)
        for heading, column in zip(file.headings, columns, strict=True):
            column.append(_json_text(stripped.get(heading)))
        if len(lines) == BATCH_ROWS:
            yield filled()
            lines.clear()
            for column in columns:
                column.clear()
    yield filled()


def _json_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _parquet_batches(file: DataFile, rows: TextRows) -> Batches:
    parquet = pyarrow.parquet.ParquetFile(file.path)
    total = max(1, parquet.metadata.num_rows)
    read = 0
    for batch in parquet.iter_batches(batch_size=BATCH_ROWS):
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
        return pa.array([_json_text(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_floating(kind):
        values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, kind))
    if pa.types.is_timestamp(kind):
        values = values.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
    return values.cast(pa.string())


def _refusal(path: Path, what: str, remedy: str) -> FileRefused:
    return FileRefused(Fault(path.name, what, remedy))
