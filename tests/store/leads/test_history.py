"""The history in memory equals a plain reading of the rows."""

import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from lib.core.definition.criteria import LEAD_FIELDS
from lib.core.leads.history import Activity, lead_at
from lib.core.time.clock import instant_text, to_microseconds
from lib.store.database import Database
from lib.store.leads import history
from lib.store.leads.history import load_history, newest_instant
from tests.store.conftest import Import, Rows, Write

LATE = to_microseconds(datetime(2030, 1, 1, tzinfo=UTC))

LEADS = [
    {"lead_id": "b", "created_at": "2026-03-01T09:00:00Z", "first_name": "Ann", "employees": 250, "cost": 12.5},
    {"lead_id": "a", "created_at": "2026-03-01T09:00:00.000001Z", "title": "CEO", "cost": 100, "extra": {"a/b~c": "x"}},
    {
        "lead_id": "é",
        "created_at": "2026-03-02T00:00:00Z",
        "extra": {"n": 5, "list": [1, 2], "none": None, "yes": True},
    },
    {"lead_id": "Z", "created_at": "2026-03-02T00:00:00Z", "company": "Łódź"},
]
ACTIVITIES = [
    {"activity_id": "2", "lead_id": "a", "occurred_at": "2026-03-02 10:00", "kind": "page_view", "subject": "/x"},
    {"activity_id": "1", "lead_id": "a", "occurred_at": "2026-03-01 10:00", "kind": "page_view", "amount": 2.5},
    {"activity_id": "3", "lead_id": "é", "occurred_at": "2026-03-01 10:00", "kind": "page_view"},
    {"activity_id": "4", "lead_id": "Z", "occurred_at": "2026-03-01 10:00", "kind": "download", "subject": "/x"},
]


def lines(rows: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def test_leads_are_in_the_order_of_their_ids_bytes(db: Database, load: Import, write: Write) -> None:
    load(write("l.jsonl", lines(LEADS)), kind="lead")

    assert load_history(db).lead_id.to_pylist() == sorted(lead["lead_id"] for lead in LEADS)


def test_every_field_is_the_text_a_criterion_compares(db: Database, load: Import, write: Write, rows: Rows) -> None:
    load(write("l.jsonl", lines(LEADS)), kind="lead")

    history = load_history(db)
    fields = {history.lead_id[row].as_py(): lead_at(history, row).fields for row in range(history.leads)}

    assert set(history.fields) == {*LEAD_FIELDS, "extra.a/b~c", "extra.n", "extra.list", "extra.yes"}
    assert fields["b"]["created_at"] == "2026-03-01T09:00:00Z"
    assert fields["a"]["created_at"] == "2026-03-01T09:00:00.000001Z"
    assert (fields["b"]["employees"], fields["b"]["cost"], fields["a"]["cost"]) == ("250", "12.5", "100")
    assert fields["a"]["extra.a/b~c"] == "x"
    assert (fields["é"]["extra.n"], fields["é"]["extra.list"], fields["é"]["extra.yes"]) == ("5", "[1,2]", "true")
    assert fields["b"]["extra.n"] is None
    for lead_id, created_at, company in rows("select lead_id, created_at, company from lead"):
        assert fields[lead_id]["created_at"] == instant_text(to_microseconds(created_at))
        assert fields[lead_id]["company"] == company


def test_every_lead_has_its_activities_in_the_order_they_happened(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("l.jsonl", lines(LEADS)), kind="lead")
    load(write("a.jsonl", lines(ACTIVITIES)), kind="activity")

    history = load_history(db)

    plain: dict[str, list[Activity]] = {lead["lead_id"]: [] for lead in LEADS}
    for lead_id, at, kind, subject, amount in rows(
        "select lead_id, occurred_at, kind, subject, amount from activity order by occurred_at"
    ):
        plain[lead_id].append(Activity(to_microseconds(at), kind, subject, amount))
    read = [lead_at(history, row) for row in range(history.leads)]
    assert {lead.lead_id: list(lead.activities) for lead in read} == plain


def test_one_lead_is_read_as_it_is_among_all(db: Database, load: Import, write: Write) -> None:
    load(write("l.jsonl", lines(LEADS)), kind="lead")
    load(write("a.jsonl", lines(ACTIVITIES)), kind="activity")
    everybody = load_history(db)
    row = everybody.lead_id.to_pylist().index("a")

    alone = lead_at(load_history(db, lead_id="a"), 0)

    among_all = lead_at(everybody, row)
    assert alone.activities == among_all.activities
    assert {name: text for name, text in among_all.fields.items() if text is not None} == {
        name: text for name, text in alone.fields.items() if text is not None
    }


def test_a_database_without_data_has_an_empty_history(db: Database) -> None:
    history = load_history(db)

    assert (history.leads, history.activities, newest_instant(db, LATE)) == (0, 0, None)
    assert history.activity_start.tolist() == [0]
    assert history.lead_id.equals(pa.array([], pa.string()))


def test_the_newest_instant_is_that_of_any_lead_activity_or_event(db: Database, load: Import, write: Write) -> None:
    load(write("l.jsonl", lines(LEADS)), kind="lead")
    assert instant_text(newest_instant(db, LATE) or 0) == "2026-03-02T00:00:00Z"

    load(write("a.jsonl", lines(ACTIVITIES)), kind="activity")
    assert instant_text(newest_instant(db, LATE) or 0) == "2026-03-02T10:00:00Z"

    load(write("e.csv", "lead_id,occurred_at,kind\na,2026-03-05T00:00Z,mql\n"), kind="handoff_event")
    assert instant_text(newest_instant(db, LATE) or 0) == "2026-03-05T00:00:00Z"


def test_custom_columns_are_read_a_few_at_a_time_to_the_same_end(
    db: Database, load: Import, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(
        write("l.csv", "lead_id,created_at,A,B,C\na,2026-03-01,1,,3\nb,2026-03-01,4,5,\nc,2026-03-01,,,\n"), kind="lead"
    )
    together = load_history(db)

    monkeypatch.setattr(history, "CELLS_AT_ONCE", 1)
    one_by_one = load_history(db)

    for read in (together, one_by_one):
        texts = {name: [read.column(f"extra.{name}").text(row) for row in range(3)] for name in "ABC"}
        assert texts == {"A": ["1", "4", None], "B": [None, "5", None], "C": ["3", None, None]}
