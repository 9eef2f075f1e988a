"""Whatever a file holds, it is refused in words or loaded with its bad rows named, in bounded time and memory."""

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.core.errors import FileRefused
from lib.core.exchange.runs import ImportResult
from lib.store.agreement.audit import verify
from lib.store.database import Database
from lib.store.exchange.files import parquet
from tests.store.conftest import Import, Rows, Write

HEADINGS = "lead_id,created_at,company\n"
ROW = "a,2026-03-01,Acme\n"

FILES: dict[str, str | bytes] = {
    "empty.csv": b"",
    "blank.csv": b" \n\n",
    "nul.csv": b"lead_id,created_at\na\x00b,2026-03-01\n",
    "zeros.csv": b"\x00" * 10_000,
    "mark alone.csv": b"\xef\xbb\xbf",
    "wrong mark.csv": b"\xff\xfe" + HEADINGS.encode(),
    "half utf-16.csv": (HEADINGS + ROW).encode("utf-16")[:-1],
    "carriage.csv": HEADINGS.replace("\n", "\r") + ROW.replace("\n", "\r"),
    "open quote.csv": HEADINGS + '"a,2026-03-01,Acme\n' * 3,
    "quotes.csv": HEADINGS + '""""a""",2026-03-01,"""\n',
    "delimiters.csv": HEADINGS + "," * 100_000 + "\n",
    "headings twice.csv": "lead_id,lead_id,created_at\na,b,2026-03-01\n",
    "no headings.csv": ",,\n" + ROW,
    "headings only.csv": HEADINGS,
    "formulas.csv": HEADINGS + '"=HYPERLINK(""http://x"")",2026-03-01,@SUM(1)\n',
    "sql.csv": HEADINGS + "\"'; drop table lead; --\",2026-03-01,'\n",
    "markdown.csv": HEADINGS + "![x](http://x/y),2026-03-01,<script>\n",
    "direction.csv": HEADINGS + "\u202ea,2026-03-01,\u2066x\n",
    "traversal.csv": HEADINGS + "../../etc/passwd,2026-03-01,/etc/passwd\n",
    "long heading.csv": "lead_id,created_at," + "h" * 500_000 + "\na,2026-03-01,x\n",
    "long cell.csv": HEADINGS + "a,2026-03-01," + "x" * 4_000_000 + "\n",
    "too long cell.csv": HEADINGS + "a,2026-03-01," + "x" * 20_000_000 + "\n",
    "years.csv": HEADINGS + "a,99999-01-01,x\nb,-0001-01-01,x\nc,0000-00-00,x\nd,1e400,x\n",
    "digits.csv": "lead_id,created_at,employees,cost\na,2026-03-01," + "9" * 100_000 + "," + "9" * 100_000 + "\n",
    "extra.csv": "lead_id,created_at,extra\na,2026-03-01," + '"{""a"":' * 2_000 + "\n",
    "zip.csv": b"PK\x03\x04" + b"\x00" * 100,
    "png.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10,
    "cut.csv.gz": gzip.compress((HEADINGS + ROW * 10_000).encode())[:-20],
    "not.csv.gz": HEADINGS + ROW,
    "twice.csv.gz": gzip.compress(gzip.compress((HEADINGS + ROW).encode())),
    "several.csv.gz": gzip.compress(HEADINGS.encode()) + gzip.compress(ROW.encode()),
    "trailing.csv.gz": gzip.compress((HEADINGS + ROW).encode()) + b"junk",
    "bomb.csv.gz": gzip.compress(HEADINGS.encode() + b"a" * 150_000_000),
    "bomb.jsonl.gz": gzip.compress(b"[" * 150_000_000),
    "empty.jsonl": b"\n\n",
    "list.json": json.dumps([{"lead_id": "a", "created_at": "2026-03-01"}]),
    "keys.jsonl": '{"lead_id": "a", "lead_id": "b", "created_at": "2026-03-01"}\n',
    "half.jsonl": '{"lead_id": "\\ud800", "created_at": "2026-03-01"}\n',
    "half key.jsonl": '{"lead_id": "a", "created_at": "2026-03-01", "\\udc00": 1}\n',
    "nul.jsonl": '{"lead_id": "a\\u0000b", "created_at": "2026-03-01", "x\\u0000y": "z\\u0000"}\n',
    "numbers.jsonl": '{"lead_id": 1e999, "created_at": NaN, "cost": -Infinity}\n',
    "digits.jsonl": '{"lead_id": "a", "created_at": "2026-03-01", "cost": ' + "9" * 5_000 + "}\n",
    "deep.jsonl": '{"lead_id": "a", "created_at": "2026-03-01", "x": ' + "[" * 900 + "]" * 900 + "}\n",
    "deeper.jsonl": '{"lead_id": "a", "x": ' + "[" * 100_000 + "\n",
    "scalars.jsonl": '1\n"a"\nnull\n[1]\n',
    "long.jsonl": '{"lead_id": "' + "a" * 20_000_000 + '"}\n',
    "many keys.jsonl": "".join(json.dumps({f"k{n}": 1}) + "\n" for n in range(3_000)),
    "not.parquet": b"PAR1" + b"\x00" * 100 + b"PAR1",
    "cut.parquet": b"PAR1",
    "footer.parquet": b"PAR1" + struct.pack("<I", 2**31 - 1) + b"PAR1",
    "text.parquet": HEADINGS + ROW,
    "name.exe": HEADINGS + ROW,
    "no name": HEADINGS + ROW,
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_words_or_loaded_with_its_bad_rows_named(
    db: Database, load: Import, write: Write, rows: Rows, name: str
) -> None:
    path = write(name, FILES[name])

    said = said_of(load, path)

    if isinstance(said, FileRefused):
        assert all(fault.where == name and fault.what and fault.remedy for fault in said.faults)
        assert rows("select count(*) from lead") == [(0,)]
    else:
        (count,) = said.tables.values()
        assert count.read == count.new + count.changed + count.same + count.rejected
        assert rows("select count(*) from lead") == [(count.new,)]
    verify(db)


def said_of(load: Import, path: Path) -> ImportResult | FileRefused:
    try:
        return load(path, kind="lead")
    except FileRefused as refused:
        return refused


def leads(tmp_path: Path, **columns: pa.Array) -> Path:
    path = tmp_path / "leads.parquet"
    pq.write_table(pa.table(columns), path, compression="gzip")
    return path


def repeated(text: str, rows: int) -> pa.Array:
    return pa.array([text]).dictionary_encode().take(pa.array([0] * rows))


BOMBS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "one long text said again and again": (
        lambda path: leads(path, lead_id=repeated("x" * 4_000_000, 100_000)),
        "unpacks to more than 200 times its size",
    ),
    "a text longer than a row may be": (
        lambda path: leads(path, lead_id=pa.array(["a" * 9_000_000])),
        "row 1 is longer than 8,388,608 bytes",
    ),
    "more rows than its bytes can hold": (
        lambda path: leads(path, lead_id=repeated("a", 2_000_000)),
        "says it holds 2,000,000 rows in",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_parquet_file_that_unpacks_to_far_more_than_its_size_is_refused(
    load: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bomb: str
) -> None:
    make, what = BOMBS[bomb]
    path = make(tmp_path)
    assert path.stat().st_size < 100_000

    with pytest.raises(FileRefused) as refused:
        load(path, kind="lead")

    assert str(refused.value).startswith(f"leads.parquet: {what}")


def test_texts_are_unpacked_piece_by_piece_and_stay_in_order(
    load: Import, tmp_path: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "PIECE_BYTES", 40)
    ids = pa.array([f"lead {n}" for n in range(50)])
    path = leads(tmp_path, lead_id=ids, created_at=repeated("2026-03-01", 50), company=pa.array(["Acme", None] * 25))

    assert load(path, kind="lead").tables["lead"].new == 50
    assert rows("select count(*), count(company) from lead") == [(50, 25)]
