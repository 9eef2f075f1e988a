"""Rows of CSV files, with the physical line of each."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from lib.core.errors import Fault
from lib.core.exchange.spreadsheet import GUARD, as_meant
from lib.core.folding import fold
from lib.store.exchange.files import data_file
from lib.store.exchange.files.data_file import Batches, DataFile, Malformed, TextRows, refusal, too_malformed
from lib.store.exchange.files.encoding import text_of

DELIMITERS = ",;\t|"


HEAD_CHARACTERS = 1 << 20
"""How much of a CSV file is looked at for its delimiter and headings."""

QUOTED_LINE = re.compile(r'"(?:[^"]|"")*"')
"""A line that is one quoted text."""

MOST_TITLES = 20
"""So many lines that say what a report is may stand above its headings."""

LEAST_OF_QUOTED = 3
"""A quoted line alone among others is a row where it has so many cells; with fewer it may be a sentence."""

ROWS_MEASURED = 100
"""So many rows are looked at for cells that go on beyond the headings, and hold nothing."""


@dataclass(frozen=True)
class _Head:
    """How a file begins, read by one delimiter: its headings, the lines above them and those they take."""

    headings: list[str]
    above: int
    lines: int
    title: str
    followed: bool
    cells: int
    """How many cells its longest row has, where those beyond the headings are blank."""


def csv_file(path: Path, encoding: str, known: Collection[str]) -> DataFile:
    with text_of(path, encoding) as stream:
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
    quoted = _are_quoted_whole(lines[preamble : preamble + ROWS_MEASURED])
    body = "".join(_unquoted(line) if quoted else line for line in lines[preamble:])
    if not body.strip():
        raise refusal(path, "holds no headings", "Export it again.")
    best: tuple[tuple[int, int], str, _Head] | None = None
    for delimiter in told or DELIMITERS:
        try:
            head_by = _head(body, delimiter, known)
        except csv.Error:
            continue
        found = (_known_among(head_by.headings, known), len(head_by.headings))
        if best is None or found > best[0]:
            best = (found, delimiter, head_by)
    if best is None:
        raise refusal(path, "is no CSV: its first row never ends", "Close its quotes.")
    _, delimiter, begins = best
    if not whole and not begins.followed:
        what = f"its first row is longer than {HEAD_CHARACTERS:,} characters"
        raise refusal(path, what, "Most likely a quote in it is never closed; or export fewer columns.")
    headings = [*begins.headings, *[""] * (begins.cells - len(begins.headings))]
    preamble += begins.above
    remarks: tuple[str, ...] = (
        (f"{path.name}: read from the headings in line {preamble + 1}; above them stands '{begins.title}'",)
        if begins.above
        else ()
    )
    if quoted:
        remarks += (f"{path.name}: every line is quoted whole; what stands in the quotes is read",)
    return DataFile(
        path,
        "csv",
        tuple(headings),
        encoding,
        delimiter,
        preamble,
        begins.lines,
        quoted_lines=quoted,
        empty=whole and not begins.followed,
        remarks=remarks,
    )


def _are_quoted_whole(lines: Sequence[str]) -> bool:
    """Whether each line is one quoted text, and the first of these holds several."""
    rows = [line.rstrip("\r\n") for line in lines if line.strip()]
    if not rows or not all(QUOTED_LINE.fullmatch(row) for row in rows):
        return False
    first = _unquoted(rows[0])
    return any(len(next(csv.reader([first], delimiter=sign), [])) > 1 for sign in DELIMITERS)


def _unquoted(line: str) -> str:
    """What a line holds that is quoted whole; another line as it is."""
    text = line.rstrip("\r\n")
    if not QUOTED_LINE.fullmatch(text):
        return line
    return text[1:-1].replace('""', '"') + line[len(text) :]


class _Unquoted(io.RawIOBase):
    """A file in UTF-8 whose lines are quoted whole as one of what stands in them."""

    def __init__(self, stream: Any) -> None:
        self._lines = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        self._left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, length = [self._left], len(self._left)
        while size < 0 or length < size:
            line = self._lines.readline()
            if not line:
                break
            parts.append(_unquoted(line).encode())
            length += len(parts[-1])
        found = b"".join(parts)
        given = len(found) if size < 0 else size
        self._left = found[given:]
        return found[:given]


def _head(body: str, delimiter: str, known: Collection[str]) -> _Head:
    """How the text of a file begins. Lines above the headings are titles: each one cell alone, no heading known."""
    begins: list[tuple[list[str], int, int]] = []
    line = 0
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    for row in rows:
        cells = [cell.strip() for cell in row]
        begins.append((cells, line, rows.line_num - line))
        line = rows.line_num
        if sum(map(bool, cells)) > 1 or _known_among(cells, known) or len(begins) > MOST_TITLES:
            break
    if not begins:
        raise csv.Error("no row")
    # Without two headings that we know, the first line says no less of what the columns are.
    last = len(begins) - 1 if _known_among(begins[-1][0], known) > 1 else 0
    headings, above, lines = begins[last]
    below = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    followers = list(islice(below, last + 1, last + 1 + ROWS_MEASURED))
    widths = [len(row) for row in followers if not any(cell.strip() for cell in row[len(headings) :])]
    title = next(filter(None, begins[0][0]), "") if above else ""
    return _Head(headings, above, lines, title, bool(followers), max([len(headings), *widths]))


def _known_among(headings: Iterable[str], known: Collection[str]) -> int:
    return sum(fold(heading) in known for heading in headings)


def csv_batches(file: DataFile, rows: TextRows) -> Batches:
    if file.empty:
        return
    names = [f"c{i}" for i in range(len(file.headings))]
    refused: list[Any] = []
    count = _LineCount(file, refused, rows.malformed)

    def keep_aside(row: Any) -> str:
        if len(refused) + len(rows.malformed) == data_file.MOST_MALFORMED and _mended(row, file) is None:
            rows.fault = too_malformed(file)
            return "error"
        refused.append(row)
        return "skip"

    with pa.OSFile(str(file.path)) as raw:
        size = max(1, raw.size())
        stream = pa.CompressedInputStream(raw, "gzip") if file.path.suffix.lower() == ".gz" else raw
        if file.encoding != "utf-8":
            stream = pa.transcoding_input_stream(stream, file.encoding, "utf-8")
        if file.quoted_lines:
            stream = pa.PythonFile(_Unquoted(stream), mode="r")
        try:
            reader = pyarrow.csv.open_csv(
                stream,
                pyarrow.csv.ReadOptions(
                    # Threads would lose the numbers of malformed rows.
                    use_threads=False,
                    block_size=data_file.CHUNK_BYTES,
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
                share = min(1.0, raw.tell() / size)
                yield count.lines(batch), [_unguarded(column) for column in batch.columns], share
                if count.mended:
                    yield *count.take_mended(), share
        except pa.ArrowInvalid as error:
            if "straddling" in str(error):
                what = f"a row at or after line {count.next_line:,} is longer than {data_file.CHUNK_BYTES:,} bytes"
                rows.fault = Fault(file.name, what, "Most likely a quote is never closed. Nothing was loaded.")
            raise
        count.finish()
        if count.mended:
            yield *count.take_mended(), 1.0
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


class _LineCount:
    """The physical line each row begins on, blank lines, quoted line ends and malformed rows counted."""

    def __init__(self, file: DataFile, refused: list[Any], malformed: list[Malformed]) -> None:
        self.next_line = file.preamble + file.heading_lines + 1
        self.mended: list[tuple[int, list[str]]] = []
        self.open_quote_line: int | None = None
        self._file = file
        self._width = len(file.headings)
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

    def take_mended(self) -> tuple[npt.NDArray[np.int64], list[pa.Array]]:
        """The rows that were shorter or longer than the headings and mean what they say, with the line of each."""
        lines = np.array([line for line, _ in self.mended], dtype=np.int64)
        columns = [pa.array([cells[at] or None for _, cells in self.mended], pa.string()) for at in range(self._width)]
        self.mended.clear()
        return lines, [_unguarded(column) for column in columns]

    def _note(self, row: Any, line: int) -> None:
        cells = _mended(row, self._file)
        if cells is not None:
            self.mended.append((line, cells))
            return
        values = "1 value" if row.actual_columns == 1 else f"{row.actual_columns} values"
        reason = f"has {values} for {row.expected_columns} headings"
        self._malformed.append(Malformed(line, reason, row.text))


def _mended(row: Any, file: DataFile) -> list[str] | None:
    """The cells of a row that lacks only its last ones, has only blank ones too many, or is quoted whole; None for any
    other.

    Another line of one cell is a footer, or broken, and no row.
    """
    try:
        (cells,) = csv.reader(io.StringIO(row.text, newline=""), delimiter=file.delimiter, strict=True)
    except (csv.Error, ValueError):
        return None
    width = len(file.headings)
    if len(cells) == 1 and width >= LEAST_OF_QUOTED and QUOTED_LINE.fullmatch(row.text.rstrip("\r\n")):
        (inner,) = csv.reader(cells, delimiter=file.delimiter)
        return inner if len(inner) == width else None
    if len(cells) < 2 or any(cell.strip() for cell in cells[width:]):
        return None
    return [*cells[:width], *[""] * (width - len(cells))]


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
    with text_of(file.path, file.encoding) as stream:
        return sum(chunk.count('"') for chunk in iter(lambda: stream.read(data_file.CHUNK_BYTES), ""))
