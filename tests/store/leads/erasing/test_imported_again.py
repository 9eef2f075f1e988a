"""Who was erased stays erased: imports, the webhook, what waited, and taking an import back."""

import json
from typing import Any

import pytest

from lib.core.handoffs.problems import ProblemKind
from lib.store.agreement.audit import verify
from lib.store.database import Database
from lib.store.exchange.events import receive
from lib.store.exchange.undoing import undo_last_import
from lib.store.handoffs.problems import load_problems
from lib.store.leads.erasing.erasing import erase
from lib.store.leads.erasing.leaving_out import WAS_ERASED
from tests.grants import ANYTHING, BY_TEST, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write

LEADS = """lead_id,created_at,first_name,last_name,email,channel
a1,2026-03-01,Ann,Byron,ann@poets.example,inbound
b2,2026-03-02,Bo,Diddley,bo@blues.example,event
"""
EVENTS = """lead_id,occurred_at,kind,actor
a1,2026-03-05T09:00:00Z,mql,crm
a1,2026-03-06T09:00:00Z,accepted,rep-1
b2,2026-03-05T09:00:00Z,mql,crm
"""
ACTIVITIES = """lead_id,occurred_at,kind,subject
a1,2026-03-04T09:00:00Z,page_view,/ann
b2,2026-03-04T09:00:00Z,page_view,/bo
"""


@pytest.fixture
def loaded(db: Database, load: Import, write: Write) -> Database:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("activities.csv", ACTIVITIES), kind="activity")
    load(write("events.csv", EVENTS), kind="handoff_event")
    return db


def erased(db: Database, lead_id: str = "a1") -> str:
    return erase(db, lead_id, by=somebody("Ana"), reason="asked for it", now=NOW + 1, asked_by_promises=()).erased


def test_the_same_files_again_bring_nobody_back_and_count_nothing_twice(
    loaded: Database, load: Import, write: Write, rows: Rows
) -> None:
    new = erased(loaded)

    results = [
        load(write(f"{kind}.csv", text), kind=kind)
        for kind, text in (("lead", LEADS), ("activity", ACTIVITIES), ("handoff_event", EVENTS))
    ]

    assert rows("select lead_id from lead order by all") == [("b2",), (new,)]
    assert rows("select lead_id, count(*) from handoff_event group by all order by all") == [("b2", 1), (new, 2)]
    assert rows("select count(*), count(subject) from activity") == [(2, 1)]
    assert [one.remarks[-1] for one in results] == [
        "1 row is of a person who was erased: left out, and nothing of it kept",
        "1 row is of a person who was erased: left out, and nothing of it kept",
        "2 rows are of people who were erased: left out, and nothing of it kept",
    ]
    counts = [next(iter(one.tables.values())) for one in results]
    assert [(one.read, one.new, one.changed, one.same, one.rejected) for one in counts] == [
        (2, 0, 0, 1, 1),
        (2, 0, 0, 1, 1),
        (3, 0, 0, 1, 2),
    ]
    verify(loaded)


def test_of_rows_left_out_the_line_is_kept_and_no_word(
    loaded: Database, load: Import, write: Write, rows: Rows
) -> None:
    erased(loaded)

    load(write("leads.csv", LEADS), kind="lead")
    load(write("bad.csv", "lead_id,created_at,first_name\na1,not a date,Ann\nb2,2026-03-02,Bo\n"), kind="lead")

    assert rows("select file, line, reason, row, key, id, lead_id from rejected_row order by all") == [
        ("bad.csv", 2, WAS_ERASED, None, None, None, None),
        ("leads.csv", 2, WAS_ERASED, None, None, None, None),
    ]


def test_an_export_imported_every_night_leaves_one_note_a_row(
    loaded: Database, load: Import, write: Write, rows: Rows
) -> None:
    erased(loaded)

    for _ in range(3):
        load(write("leads.csv", LEADS), kind="lead")

    assert rows("select count(*) from rejected_row") == [(1,)]


def test_that_somebody_was_erased_is_no_problem_to_mend(loaded: Database, load: Import, write: Write) -> None:
    erased(loaded)

    load(write("leads.csv", LEADS), kind="lead")

    assert ProblemKind.REJECTED_ROW not in {one.kind for one in load_problems(loaded, NOW, ())}


def test_an_event_sent_to_the_webhook_is_left_out_and_said(loaded: Database, rows: Rows) -> None:
    erased(loaded)
    event: dict[str, Any] = {"event_id": "e9", "lead_id": "a1", "occurred_at": "2026-05-01T09:00:00Z", "kind": "mql"}

    received = receive(loaded, [event], zone=MADRID, now=NOW + 2, by=somebody("webhook"))

    assert (received.new, [one.reason for one in received.rejected]) == (0, [WAS_ERASED])
    assert rows("select count(*) from handoff_event where event_id = 'e9'") == [(0,)]


def test_what_comes_under_another_id_of_theirs_is_left_out_and_others_with_that_id_have_it(
    loaded: Database, load: Import, write: Write, rows: Rows
) -> None:
    with loaded.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead_alias (alias, lead_id) values ('deal 1', 'a1'), ('met', 'a1'), ('met', 'b2')")
    erased(loaded)

    load(
        write(
            "more.csv", "lead_id,occurred_at,kind\ndeal 1,2026-03-07T09:00:00Z,call\nmet,2026-03-08T09:00:00Z,call\n"
        ),
        kind="activity",
    )

    assert rows("select lead_id from activity where kind = 'call'") == [("b2",)]
    assert rows("select kind, reason from rejected_row") == [("row", WAS_ERASED)]


def test_taking_back_the_import_that_brought_them_brings_nothing_of_them_back(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("leads.csv", LEADS.replace("Ann,Byron", "Annie,Byron")), kind="lead")
    new = erased(db)

    undo_last_import(db, NOW + 3, by=BY_TEST)

    assert rows("select lead_id, first_name, channel from lead order by all") == [
        ("b2", "Bo", "event"),
        (new, None, "inbound"),
    ]
    assert rows("select count(*) from lead_change") == [(0,)]
    verify(db)


def test_an_import_that_brought_them_is_taken_back_with_what_is_left_of_them(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    erased(db)

    undo_last_import(db, NOW + 3, by=BY_TEST)

    assert rows("select count(*) from lead") == [(0,)]


def test_what_is_noted_to_leave_them_out_says_nobody_s_id(loaded: Database, rows: Rows) -> None:
    new = erased(loaded)

    noted = json.dumps(rows("select * from erased_name"))

    assert '"a1"' not in noted
    assert new not in noted
    assert rows("select count(*) from erasure_key where length(key) >= 32") == [(1,)]


def test_a_person_who_comes_again_by_themselves_is_somebody_new(
    loaded: Database, load: Import, write: Write, rows: Rows
) -> None:
    erased(loaded)

    load(write("leads.csv", LEADS.replace("a1", "a7")), kind="lead")

    assert ("a7", "Ann") in rows("select lead_id, first_name from lead")
