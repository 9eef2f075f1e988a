"""What kind of file it is and how its text is written."""

import codecs
import gzip
import io
import re
from pathlib import Path
from typing import IO

import charset_normalizer

from lib.store.exchange.files import data_file
from lib.store.exchange.files.data_file import Format, refusal

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


def format_of(path: Path) -> Format:
    if path.is_dir():
        raise refusal(path, "is a folder", "Name the files in it.")
    if not path.exists():
        raise refusal(path, "there is no such file", "Check the path.")
    if not path.is_file():
        raise refusal(path, "is not a file", "Save the data to a file first.")
    with path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        raise refusal(path, "is empty", "Export it again.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = bool(suffixes) and suffixes[-1] == ".gz"
    named = suffixes[-2:-1] if zipped else suffixes[-1:]
    if not named or named[0] not in FORMATS:
        raise refusal(
            path, "its name does not say what it is", "Name it .csv (or .csv.gz), .parquet, or .jsonl for JSON lines."
        )
    if zipped != start.startswith(_GZIP):
        what = "is not compressed by gzip" if zipped else "is compressed by gzip"
        raise refusal(path, f"{what}, other than its name says", "Rename it, with .gz at the end when it is gzip.")
    if FORMATS[named[0]] == "parquet":
        if zipped or start != _PARQUET:
            raise refusal(path, "is not a Parquet file", "Name it by what it is: .csv or .jsonl.")
    elif start in (_ZIP, _PARQUET):
        what = "is a Parquet file" if start == _PARQUET else "is a spreadsheet or a zip file"
        raise refusal(path, f"{what}, not text", "Name a Parquet file .parquet; save a spreadsheet as CSV.")
    return FORMATS[named[0]]


def opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def encoding_of(path: Path) -> str:
    """The encoding all of the file can be read in: by its mark, else UTF-8, else the likeliest older one."""
    with opened(path) as stream:
        sample = stream.read(1 << 16)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            if not _reads_as(path, encoding):
                raise refusal(path, f"begins as {encoding.upper()} but is not", "Save it as UTF-8.")
            return encoding
    if b"\x00" in sample:
        for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
            if zeros.count(0) > len(zeros) // 2 and _reads_as(path, encoding):
                return encoding
        raise refusal(path, "is not a text file", "Export it as CSV in UTF-8.")
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
    with opened(path) as stream:
        try:
            while chunk := stream.read(data_file.CHUNK_BYTES):
                unpacked += len(chunk)
                if unpacked > most:
                    what = f"unpacks to more than {MOST_UNPACKED_TIMES} times its size"
                    raise refusal(path, what, "Look at it before you trust it; unpack it yourself if it is meant so.")
                if "\x00" in decoder.decode(chunk):
                    raise refusal(path, "is not a text file", "Export it as CSV in UTF-8.")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def text_of(path: Path, encoding: str) -> IO[str]:
    return io.TextIOWrapper(opened(path), "utf-8-sig" if encoding == "utf-8" else encoding, newline="")
