"""What lies further ahead than clocks differ is held aside, said with its remedy, and read once its time has come."""

import json

import pytest

from lib.config.sources import read_source
from lib.core.handoffs.problems import ProblemKind
from lib.core.time.clock import AHEAD, MICROSECONDS, instant_text
from lib.store.database import Database
from lib.store.exchange.events import receive
from lib.store.exchange.imports import import_files
from lib.store.exchange.previews import preview_files
from lib.store.handoffs.problems import problem_groups
from tests.grants import BY_TEST, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write

LEADS = "lead_id,created_at\na,2026-03-01\n"
FAR = instant_text(NOW + AHEAD + 1)
JUST = instant_text(NOW + AHEAD)


@pytest.mark.parametrize(
    ("kind", "heading", "row"),
    [
        ("lead", "lead_id,created_at", "b,{at}"),
        ("activity", "lead_id,occurred_at,kind", "a,{at},page_view"),
        ("handoff_event", "lead_id,occurred_at,kind,actor", "a,{at},accepted,ann"),
        ("handoff_event", "lead_id,occurred_at,kind,stated_at", "a,2026-03-02,mql,{at}"),
        ("lead_change", "lead_id,field,value,changed_at", "a,title,CEO,{at}"),
    ],
)
def test_what_lies_further_ahead_than_clocks_differ_is_held_aside(
    load: Import, write: Write, rows: Rows, kind: str, heading: str, row: str
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    column = next(name for name, cell in zip(heading.split(","), row.split(","), strict=True) if cell == "{at}")
    at_the_edge = write("edge.csv", f"{heading}\n{row.format(at=JUST)}\n{row.format(at=FAR)}\n")

    result = load(at_the_edge, kind=kind)

    assert (result.tables[kind].new, result.rejected) == (1, 1)
    assert [(one.line, one.reason) for one in result.rejected_rows] == [
        (3, f"{column} '{FAR}' lies ahead of the clock")
    ]
    assert rows("select kind from rejected_row") == [("row",)]


def test_a_day_that_has_begun_is_not_ahead_of_the_clock(load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    today = load(write("today.csv", "lead_id,occurred_at,kind\na,2026-06-01,mql\n"), kind="handoff_event")

    assert (today.rejected, today.tables["handoff_event"].new) == (0, 1)


def test_what_was_held_aside_is_a_problem_of_the_future_with_its_remedy(
    db: Database, load: Import, write: Write
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("e.csv", "lead_id,occurred_at,kind\na,2026-03-02,mql\na,2052-03-02,accepted\n"), kind="handoff_event")

    (group,) = problem_groups(db, NOW, [], ProblemKind.FUTURE)

    assert group.example.sentence == "e.csv, line 3: occurred_at '2052-03-02' lies ahead of the clock."
    assert group.cause == "occurred_at '…' lies ahead of the clock"
    assert group.remedy.endswith("what is really to come, once it has.")


def test_what_was_held_aside_is_loaded_when_it_is_imported_after_its_time(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    file = write("e.csv", f"lead_id,occurred_at,kind\na,2026-03-02,mql\na,{FAR},accepted\n")
    load(file, kind="handoff_event")

    later = import_files(db, [file], kind="handoff_event", zone=MADRID, now=NOW + MICROSECONDS, by=BY_TEST)

    assert (later.tables["handoff_event"].new, later.rejected) == (1, 0)
    assert rows("select count(*) from rejected_row") == [(0,)]


def test_a_row_that_its_source_wrote_in_the_future_does_not_outlast_what_it_says_next(
    load: Import, write: Write, rows: Rows
) -> None:
    source = read_source(
        "name: crm\nfiles:\n- headings: [[Id, Made, Title, Modified]]\n  tables:\n"
        "  - table: lead\n    columns: {lead_id: Id, created_at: Made, title: Title, stated_at: Modified}\n",
        "crm.yaml",
    )

    first = load(write("1.csv", "Id,Made,Title,Modified\na,2026-03-01,CEO,2052-01-01T00:00:00Z\n"), source=source)
    load(write("2.csv", "Id,Made,Title,Modified\na,2026-03-01,CFO,2026-05-01T00:00:00Z\n"), source=source)

    assert [value.reason for value in first.left_out] == [
        "stated_at '2052-01-01T00:00:00Z' is not a date up to now, and unknown"
    ]
    assert rows("select title from lead") == [("CFO",)]


def test_a_rehearsal_shows_what_would_be_held_aside(write: Write) -> None:
    path = write("e.csv", f"lead_id,occurred_at,kind\na,{FAR},mql\n")

    ((previewed,),) = (one.tables for one in preview_files([path], kind="handoff_event", zone=MADRID, now=NOW))

    assert [row.fault for row in previewed.rows] == [f"occurred_at '{FAR}' lies ahead of the clock"]


def test_a_sender_is_told_of_what_lies_ahead(db: Database, load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    now_event = {"event_id": "1", "lead_id": "a", "occurred_at": JUST, "kind": "mql"}
    ahead = {**now_event, "event_id": "2", "occurred_at": FAR, "kind": "accepted"}

    received = receive(db, json.loads(json.dumps([now_event, ahead])), zone=MADRID, now=NOW, by=somebody("webhook"))

    assert (received.new, [one.event for one in received.rejected]) == (1, [2])
    assert received.rejected[0].reason == f"occurred_at '{FAR}' lies ahead of the clock"
    assert rows("select event_id from handoff_event") == [("1",)]
