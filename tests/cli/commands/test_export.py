"""Scores, MQLs and decisions go out in a system's own ids, headings and words."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from lib.core.exchange.spreadsheet import FORMULA_STARTS
from lib.core.numbers import NUMBER
from tests.cli.conftest import Run

DEFINITION = """\
name: Tiny
mql: {threshold: 20}
profile:
  criteria:
    - {id: decides, label: Decides, points: 20, when: {field: title, has_word: [director]}}
undesirables:
  criteria:
    - {id: student, label: Student, points: -7, when: {field: title, has_word: [student]}}
"""

LEADS = """\
lead_id,created_at,title,email,owner,Region
=1+1,2026-03-01T08:00:00Z,Director,=cmd|' /C calc'!A0,r1,North
b,2026-03-01T09:00:00Z,Student,bo@x.com,r2,
"""

EVENTS = """\
event_id,lead_id,occurred_at,kind,actor,reason,score
1,=1+1,2026-03-02T09:00:00Z,mql,,,20
2,=1+1,2026-03-02T15:30:00Z,accepted,r1,,
3,b,2026-03-03T09:00:00Z,mql,,,
4,b,2026-03-04T09:00:00Z,rejected,r2,no_budget,
5,b,2026-03-05T09:00:00Z,mql,,,13
"""

MAPPING = """\
name: CRM
files:
  - headings: [Id]
    unused: Only written.
export:
  scores:
    columns: {Id: lead_id, Score: score, Mail: lead.email, Born: lead.created_at, Region: lead.extra.Region}
  decisions:
    columns: {Id: lead_id, Status: decision, Why: reason, Decided: decided_at}
    values: {decision: {accepted: Sales Accepted, rejected: Turned down}, reason: {no_budget: "-", else: other}}
    constants: {Changed by: Handshake}
    time_zone: Europe/Madrid
    date_format: "%d/%m/%Y %H:%M"
"""


@pytest.fixture
def exported(run: Run, tmp_path: Path) -> Run:
    """The database and configuration made, `export` with the words given."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "crm.yaml").write_text(MAPPING)
    (tmp_path / "tiny.yaml").write_text(DEFINITION)
    for kind, content in (("lead", LEADS), ("handoff_event", EVENTS)):
        (tmp_path / f"{kind}.csv").write_text(content)
        assert run("import", tmp_path / f"{kind}.csv", "--as", kind, "--db", tmp_path / "h.duckdb").status == 0

    def export(*words: object):  # type: ignore[no-untyped-def]
        return run("export", *words, "--db", tmp_path / "h.duckdb", "--config", tmp_path, "--as-of", "2026-03-06")

    return export


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_scores_are_the_scores_of_score(run: Run, exported: Run, tmp_path: Path) -> None:
    tiny = tmp_path / "tiny.yaml"

    out = rows(exported("scores", "--definition", tiny).out)

    same = rows(run("score", "--definition", tiny, "--db", tmp_path / "h.duckdb", "--as-of", "2026-03-06").out)
    assert out == same
    assert [row["lead_id"] for row in out] == ["'=1+1", "b"]
    assert out[1]["undesirables"] == "-7.000000"
    assert out[0]["qualified_at"] == "2026-03-01T08:00:00Z"


def test_mqls_are_one_row_a_cycle_with_what_became_of_it(exported: Run) -> None:
    out = rows(exported("mqls").out)

    assert [(row["handoff_id"], row["state"], row["score"], row["owner"]) for row in out] == [
        ("'=1+1:1", "accepted", "20", "r1"),
        ("b:1", "rejected", "", "r2"),
        ("b:2", "open", "13", "r2"),
    ]
    assert out[2]["mql_at"] == "2026-03-05T09:00:00Z"
    assert {row["below_line"] for row in out} == {"false"}


def test_decisions_are_in_the_systems_headings_words_zone_and_date_format(exported: Run) -> None:
    assert rows(exported("decisions", "--source", "crm").out) == [
        {
            "Id": "'=1+1",
            "Status": "Sales Accepted",
            "Why": "",
            "Decided": "02/03/2026 16:30",
            "Changed by": "Handshake",
        },
        {"Id": "b", "Status": "Turned down", "Why": "'-", "Decided": "04/03/2026 10:00", "Changed by": "Handshake"},
    ]


def test_columns_of_the_lead_go_out_too(exported: Run, tmp_path: Path) -> None:
    out = rows(exported("scores", "--source", "crm", "--definition", tmp_path / "tiny.yaml").out)

    assert out[0] == {
        "Id": "'=1+1",
        "Score": "20",
        "Mail": "'=cmd|' /C calc'!A0",
        "Born": "2026-03-01T08:00:00Z",
        "Region": "North",
    }
    assert (out[1]["Score"], out[1]["Region"]) == ("-7", "")


def test_every_format_holds_the_same_rows_and_only_csv_guards_against_formulas(exported: Run, tmp_path: Path) -> None:
    for name in ("d.csv", "d.jsonl", "d.parquet"):
        assert exported("decisions", "--out", tmp_path / name).status == 0

    lines = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text().splitlines()]
    table = pyarrow.parquet.read_table(tmp_path / "d.parquet")
    assert [row["lead_id"] for row in lines] == table["lead_id"].to_pylist() == ["=1+1", "b"]
    assert [row["reason"] for row in lines] == table["reason"].to_pylist() == [None, "no_budget"]
    assert str(table.schema.field("decided_at").type) == "timestamp[us, tz=UTC]"
    assert [row["lead_id"] for row in rows((tmp_path / "d.csv").read_text())] == ["'=1+1", "b"]


@pytest.mark.parametrize(
    "command",
    [
        "score --definition tiny.yaml --out out.csv",
        "preview --definition tiny.yaml --from 2026-03-01 --to 2026-03-06 --leads out.csv",
        "export scores --definition tiny.yaml --out out.csv",
        "export mqls --out out.csv",
        "export decisions --out out.csv",
    ],
)
def test_no_file_a_command_writes_holds_a_formula(run: Run, exported: Run, tmp_path: Path, command: str) -> None:
    given = [tmp_path / word if word.endswith((".yaml", ".csv")) else word for word in command.split()]

    assert run(*given, "--db", tmp_path / "h.duckdb").status == 0

    text = (tmp_path / "out.csv").read_text()
    assert "=1+1" in text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell[:1] in FORMULA_STARTS and not NUMBER.fullmatch(cell)]


def test_a_lead_that_went_out_guarded_comes_in_again_as_it_was(run: Run, exported: Run, tmp_path: Path) -> None:
    assert exported("scores", "--definition", tmp_path / "tiny.yaml", "--out", tmp_path / "scores.csv").status == 0
    ids = tmp_path / "again.csv"
    ids.write_text("\n".join(line.split(",")[0] for line in (tmp_path / "scores.csv").read_text().splitlines()) + "\n")

    again = run("import", ids, "--as", "lead", "--db", tmp_path / "h.duckdb", "--json").json

    assert again["tables"]["lead"] == {"read": 2, "new": 0, "changed": 0, "same": 2}


def test_what_goes_out_of_a_lead_can_be_read_back_by_a_mapping_of_the_same_system(run: Run, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("Record ID,Email,Create Date\n1,ann@x.com,2026-03-01 08:00\n")
    db = tmp_path / "h.duckdb"
    assert run("import", leads, "--source", "hubspot", "--db", db).status == 0

    out = rows(run("export", "scores", "--source", "hubspot", "--db", db, "--as-of", "2026-03-06").out)

    assert [row["Record ID"] for row in out] == ["1"]
    assert set(out[0]) == {"Record ID", "Handshake score", "Handshake qualified at"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scores", "--out", "scores.xlsx"), "its name does not say what it is"),
        (("scores", "--source", "crn"), "no such mapping. Did you mean 'crm'?"),
    ],
)
def test_what_cannot_be_meant_is_refused(exported: Run, words: tuple[str, ...], said: str) -> None:
    refused = exported(*words)

    assert refused.status == 1
    assert any(said in error for error in refused.errors)
