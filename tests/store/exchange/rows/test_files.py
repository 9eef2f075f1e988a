"""Files as rows of text: encodings, delimiters, line numbers, and what is refused whole."""

import codecs
import gzip
import json
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.errors import FileRefused
from lib.store.exchange.files import data_file, delimited
from lib.store.exchange.files import encoding as text_encoding
from lib.store.exchange.files.files import look_at, text_rows
from tests.store.conftest import Write

KNOWN = frozenset({"lead_id", "company"})


def lines_and_texts(path: Path) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in text_rows(look_at(path, KNOWN)).reader.read_all().to_pylist()]


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        look_at(path, KNOWN)
    return str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(write: Write, delimiter: str) -> None:
    path = write("leads.csv", delimiter.join(("lead_id", "company")) + "\n" + delimiter.join(("a", "Acme")) + "\n")

    assert look_at(path, KNOWN).headings == ("lead_id", "company")
    assert lines_and_texts(path) == [(2, "a", "Acme")]


def test_commas_inside_headings_do_not_outvote_the_delimiter(write: Write) -> None:
    path = write("leads.csv", "lead_id;company;size, staff, and so on\na;Acme;7\n")

    assert look_at(path, KNOWN).headings == ("lead_id", "company", "size, staff, and so on")


def test_excels_own_line_about_the_delimiter_is_understood(write: Write) -> None:
    path = write("leads.csv", "sep=;\r\nlead_id;company\r\na;Acme\r\n")

    assert lines_and_texts(path) == [(3, "a", "Acme")]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
def test_every_usual_encoding_gives_the_same_rows(write: Write, encoding: str, mark: bytes) -> None:
    path = write("leads.csv", mark + "lead_id,company\na,Café Münch €\n".encode(encoding))

    assert lines_and_texts(path) == [(2, "a", "Café Münch €")]


def test_bytes_that_windows_does_not_use_are_latin_1(write: Write) -> None:
    path = write("leads.csv", b"lead_id,company\na,Caf\xe9 \x81\n")

    assert lines_and_texts(path) == [(2, "a", "Café \x81")]


def test_another_script_is_recognised(write: Write) -> None:
    path = write("leads.csv", "lead_id,company\n" + "a,Московский завод электроники имени Петрова\n" * 5, "cp1251")

    assert lines_and_texts(path)[0] == (2, "a", "Московский завод электроники имени Петрова")


def test_a_compressed_file_is_read_like_any_other(write: Write) -> None:
    path = write("leads.csv.gz", gzip.compress("lead_id,company\na,Café\n".encode("cp1252")))

    assert lines_and_texts(path) == [(2, "a", "Café")]


def test_lines_are_counted_over_quoted_line_ends_blank_lines_and_malformed_rows(write: Write) -> None:
    path = write(
        "leads.csv",
        'lead_id,"company\nname"\na,"Acme\r\nLtd"\n\nb\n"c\nd"\n , \ne,Globex\n',
    )

    rows = text_rows(look_at(path, KNOWN))
    found = [tuple(row.values()) for row in rows.reader.read_all().to_pylist()]

    assert found == [(3, "a", "Acme\r\nLtd"), (10, "e", "Globex")]
    assert [(row.line, row.reason) for row in rows.malformed] == [
        (6, "has 1 value for 2 headings"),
        (7, "has 1 value for 2 headings"),
    ]


@given(st.lists(st.sampled_from(["good", "quoted", "blank", "short", "long"]), max_size=30))
def test_every_row_knows_its_line_whatever_stands_above_it(tmp_path_factory: Any, kinds: list[str]) -> None:
    texts = {"good": "{},x\n", "quoted": '{},"x\ny\nz"\n', "blank": "\n", "short": "{}\n", "long": '{},"x\ny",z\n'}
    content, rows, malformed = "lead_id,company\n", [], []
    for number, kind in enumerate(kinds):
        line = content.count("\n") + 1
        content += texts[kind].format(number)
        if kind in ("good", "quoted"):
            rows.append((line, str(number)))
        elif kind != "blank":
            malformed.append(line)
    path = tmp_path_factory.mktemp("lines") / "leads.csv"
    path.write_text(content)

    found = text_rows(look_at(path, KNOWN))

    assert [(row["line"], row["c0"]) for row in found.reader.read_all().to_pylist()] == rows
    assert [row.line for row in found.malformed] == malformed


def test_white_space_around_a_value_is_no_part_of_it_and_a_blank_one_is_unknown(write: Write) -> None:
    path = write("leads.csv", "lead_id,company\n\u00a0a\t,  \n")

    assert lines_and_texts(path) == [(2, "a", None)]


def test_json_lines_keep_their_lines_and_their_values_as_text(write: Write) -> None:
    path = write("leads.jsonl", '{"lead_id": "a", "n": 5}\n\n{"lead_id": "b", "o": {"x": [1]}, "n": null}\n[1]\nnope\n')

    rows = text_rows(look_at(path, KNOWN))

    assert look_at(path, KNOWN).headings == ("lead_id", "n", "o")
    assert [tuple(row.values()) for row in rows.reader.read_all().to_pylist()] == [
        (1, "a", "5", None),
        (3, "b", None, '{"x": [1]}'),
    ]
    assert [(row.line, row.reason) for row in rows.malformed] == [
        (4, "is not a JSON object"),
        (5, "is not a JSON object"),
    ]


def test_parquet_values_become_the_texts_a_csv_file_would_hold(tmp_path: Path) -> None:
    path = tmp_path / "leads.parquet"
    table = pa.table(
        {
            "lead_id": pa.array(["a"]).dictionary_encode(),
            "created_at": [datetime(2026, 3, 1, 9, 30, tzinfo=UTC)],
            "born": [date(1990, 5, 1)],
            "employees": [200.0],
            "nothing": pa.array([float("nan")]),
        }
    )
    pq.write_table(table, path)

    assert lines_and_texts(path) == [(1, "a", "2026-03-01 09:30:00.000000Z", "1990-05-01", "200", None)]


def test_a_file_with_headings_only_has_no_rows(write: Write) -> None:
    assert lines_and_texts(write("leads.csv", "lead_id,company")) == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("leads.csv", b"", "is empty"),
        ("leads.csv", b" \n\n", "holds no headings"),
        ("leads.csv", bytes(range(256)) * 4, "is not a text file"),
        ("leads.csv", b"PK\x03\x04 a spreadsheet", "is a spreadsheet or a zip file, not text"),
        ("leads.csv", b"PAR1 a parquet file", "is a Parquet file, not text"),
        ("leads.csv", gzip.compress(b"lead_id\na\n", mtime=0), "is compressed by gzip, other than its name says"),
        ("leads.csv.gz", b"lead_id\na\n", "is not compressed by gzip"),
        ("leads.csv.gz", gzip.compress(b"lead_id\na\n" * 500, mtime=0)[:-9], "is not what its name says"),
        ("leads.parquet", b"lead_id\na\n", "is not a Parquet file"),
        ("leads.parquet", b"PAR1 cut short", "is not what its name says"),
        ("leads.jsonl", b"lead_id\na\n", "holds no JSON lines"),
        ("leads.xlsx", b"lead_id\na\n", "its name does not say what it is"),
        ("leads.csv", codecs.BOM_UTF16_LE + b"l\xd8\x00", "begins as UTF-16 but is not"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    write: Write, name: str, content: bytes, message: str
) -> None:
    assert refusal(write(name, content)).startswith(f"{name}: {message}")


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    assert "there is no such file" in refusal(tmp_path / "leads.csv")


@pytest.mark.parametrize("content", ['a,"Acme\nb,Globex\n', 'a,Acme\nb,"Globex\n', 'a,Acme\nb,"Globex\nc,Initech'])
def test_a_quote_that_is_never_closed_ends_the_reading_with_its_line(write: Write, content: str) -> None:
    rows = text_rows(look_at(write("leads.csv", "lead_id,company\n" + content), KNOWN))

    with pytest.raises(pa.ArrowInvalid):
        rows.reader.read_all()

    line = 2 if content.startswith('a,"') else 3
    assert str(rows.fault).startswith(f"leads.csv: line {line} opens a quote that is never closed")


def test_a_file_that_unpacks_to_far_more_than_its_size_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_encoding, "SMALL_BYTES", 1_000_000)
    bomb = gzip.compress(b"lead_id,company\n" + b"a,Acme\n" * 300_000)
    odd = gzip.compress(b"lead_id,company\n" + b"a,Acm\x81\n" * 300_000)
    assert len(bomb) < 2_000_000 / text_encoding.MOST_UNPACKED_TIMES

    for content in (bomb, odd):
        said = refusal(write("leads.csv.gz", content))

        assert said.startswith("leads.csv.gz: unpacks to more than 200 times its size.")


def test_a_small_file_may_unpack_to_any_size(write: Write) -> None:
    path = write("leads.csv.gz", gzip.compress(b"lead_id,company\n" + b"a,Acme\n" * 100_000))

    assert len(lines_and_texts(path)) == 100_000


@pytest.mark.parametrize(
    ("name", "junk"),
    [("leads.csv", "lead_id,company\na,Acme\n" + "junk\n" * 12), ("l.jsonl", '{"a": 1}\n' + "[]\n" * 12)],
)
def test_a_file_of_junk_is_refused_before_it_fills_the_memory(
    write: Write, monkeypatch: pytest.MonkeyPatch, name: str, junk: str
) -> None:
    monkeypatch.setattr(data_file, "MOST_MALFORMED", 10)
    rows = text_rows(look_at(write(name, junk), KNOWN))

    with pytest.raises(pa.ArrowInvalid):
        rows.reader.read_all()

    assert rows.fault is not None
    assert "more than 10 rows have no columns to speak of" in str(rows.fault)


def test_what_a_report_writes_below_its_rows_is_rejected_with_its_lines(write: Write) -> None:
    path = write(
        "report.csv",
        'lead_id,company\na,Acme\n\n"Confidential Information - Do Not Distribute"\nCopyright (c) 2026\n\x1a',
    )

    rows = text_rows(look_at(path, KNOWN))

    assert [tuple(row.values()) for row in rows.reader.read_all().to_pylist()] == [(2, "a", "Acme")]
    assert [row.line for row in rows.malformed] == [4, 5, 6]


def test_a_first_row_that_does_not_end_where_we_look_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "HEAD_CHARACTERS", 1_000)

    said = refusal(write("leads.csv", ",".join(f"column_{n}" for n in range(1_000)) + "\na\n"))

    assert "its first row is longer than 1,000 characters" in said


def test_json_without_line_ends_or_nested_without_end_is_refused_not_swallowed(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    nested = write("nested.jsonl", '{"lead_id": "a"}\n' + '{"a":' * 100_000 + "\n")
    rows = text_rows(look_at(nested, KNOWN))
    assert len(rows.reader.read_all()) == 1
    assert [row.line for row in rows.malformed] == [2]
    monkeypatch.setattr(data_file, "CHUNK_BYTES", 100)

    said = refusal(write("array.jsonl", '[{"lead_id": "a"}' + ', {"lead_id": "b"}' * 100 + "]"))

    assert said == "array.jsonl: line 1 is longer than 100 characters. Write one JSON object a line."


def wide(write: Write, tmp_path: Path, kind: str, columns: int) -> Path:
    headings = ["lead_id", *(f"n{n}" for n in range(columns - 1))]
    if kind == "parquet":
        pq.write_table(pa.table({heading: ["x"] for heading in headings}), tmp_path / "wide.parquet")
        return tmp_path / "wide.parquet"
    if kind == "json":
        return write("wide.jsonl", "".join(json.dumps({heading: "x"}) + "\n" for heading in headings))
    return write("wide.csv", ",".join(headings) + "\n" + ",".join("x" * columns) + "\n")


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_file_of_more_than_two_thousand_columns_is_refused_unless_it_is_asked_for(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.delenv("HANDSHAKE_MOST_COLUMNS", raising=False)
    assert len(look_at(wide(write, tmp_path, kind, 2_000), KNOWN).headings) == 2_000

    said = refusal(wide(write, tmp_path, kind, 2_001))
    monkeypatch.setenv("HANDSHAKE_MOST_COLUMNS", "2001")

    assert "2,000" in said
    assert "set HANDSHAKE_MOST_COLUMNS to as many as you mean, where Handshake is started." in said
    assert len(look_at(wide(write, tmp_path, kind, 2_001), KNOWN).headings) == 2_001


def test_ten_thousand_columns_are_read_by_name(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSHAKE_MOST_COLUMNS", "10000")
    headings = ["lead_id", *(f"Custom field {n}" for n in range(9_999))]
    path = write("wide.csv", ",".join(headings) + "\n" + "".join(f"{n}" + ",x" * 9_999 + "\n" for n in range(20)))

    file = look_at(path, KNOWN)

    assert file.headings == tuple(headings)
    table = text_rows(file).reader.read_all()
    assert (table.num_rows, table.num_columns) == (20, 10_001)


def test_a_file_three_times_as_large_takes_no_more_memory(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_file, "CHUNK_BYTES", 1 << 18)
    line = "a long enough id,a long enough company\n"
    # Arrow reads up to 32 chunks ahead: both files are longer than that.
    small, large = (write(f"{rows}.csv", "lead_id,company\n" + line * rows) for rows in (400_000, 1_200_000))

    def most_at_once(path: Path) -> int:
        tracemalloc.start()
        most = 0
        for batch in text_rows(look_at(path, KNOWN)).reader:
            most = max(most, pa.total_allocated_bytes())
            del batch
        _, most_by_python = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most + most_by_python

    assert most_at_once(large) < most_at_once(small) * 1.25 < large.stat().st_size


QUOTED = '"id,name,note"\r\n"1,Ann,""says """"yes"""", then no"""\r\n\r\n"2,Bo,"\r\n'


@pytest.mark.parametrize("name", ["people.csv", "people.csv.gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_that_are_quoted_whole_are_read_as_what_stands_in_them(write: Write, name: str, encoding: str) -> None:
    content = QUOTED.encode(encoding)
    path = write(name, gzip.compress(content) if name.endswith(".gz") else content)

    file = look_at(path, ())
    assert file.headings == ("id", "name", "note")
    assert file.remarks == (f"{name}: every line is quoted whole; what stands in the quotes is read",)
    assert lines_and_texts(path) == [(2, "1", "Ann", 'says "yes", then no'), (4, "2", "Bo", None)]


def test_a_line_quoted_whole_among_others_is_read_too(write: Write) -> None:
    path = write("people.csv", 'id,name,note\n1,Ann,x\n"2,Bo,""y, z"""\n"a total, of two"\n3,Cy,\n')

    assert sorted(lines_and_texts(path)) == [(2, "1", "Ann", "x"), (3, "2", "Bo", "y, z"), (5, "3", "Cy", None)]


def test_a_file_of_one_column_with_commas_in_it_keeps_them(write: Write) -> None:
    path = write("names.csv", 'name\n"Ann, Bo"\n"Cy, Di"\n')

    assert lines_and_texts(path) == [(2, "Ann, Bo"), (3, "Cy, Di")]
