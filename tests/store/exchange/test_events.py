"""Events sent one by one: loaded once, whatever is sent again; a bad one is named, and the rest loads."""

from typing import Any

import pytest

from lib.core.exchange.events import Received, Remark
from lib.store.agreement.audit import load_entries
from lib.store.database import Database
from lib.store.exchange.events import receive
from tests.grants import ANYTHING, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write


@pytest.fixture
def leads(load: Import, write: Write) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\nb,2026-01-01\n"), kind="lead")


def event(event_id: str, kind: str = "mql", **others: Any) -> dict[str, Any]:
    return {"event_id": event_id, "lead_id": "a", "occurred_at": "2026-02-01T09:00:00Z", "kind": kind, **others}


def activity(activity_id: str, **others: Any) -> dict[str, Any]:
    done = {"activity_id": activity_id, "lead_id": "a", "occurred_at": "2026-02-01T09:00:00Z", "kind": "page_view"}
    return {**done, **others}


def sent(db: Database, *events: Any, later: int = 0) -> Received:
    return receive(db, events, zone=MADRID, now=NOW + later, by=somebody("webhook"))


def test_events_and_activities_of_one_list_are_loaded_together(db: Database, leads: None, rows: Rows) -> None:
    received = sent(db, event("e1", detail={"score": 61}), activity("x1", amount=2.5), event("e2", "accepted"))

    assert received == Received(3, 3, (), (), ())
    assert rows("select event_id, kind, detail ->> 'score' from handoff_event order by event_id") == [
        ("e1", "mql", "61"),
        ("e2", "accepted", None),
    ]
    assert rows("select activity_id, amount from activity") == [("x1", 2.5)]
    assert rows("select decision from handoff") == [("accepted",)]


def test_what_is_sent_again_is_known(db: Database, leads: None, rows: Rows) -> None:
    events = [event("e1"), activity("x1"), event("e2", "accepted")]
    sent(db, *events)
    before = rows("from handoff_event"), rows("from activity")

    received = sent(db, *events, later=1)

    assert (received.new, received.known) == (0, 3)
    assert (rows("from handoff_event"), rows("from activity")) == before


def test_an_event_twice_in_one_list_is_new_once(db: Database, leads: None) -> None:
    received = sent(db, event("e1"), event("e1"), activity("x1"), activity(" x1 "))

    assert (received.new, received.known, received.rejected) == (2, 2, ())


def test_an_event_sent_again_with_other_content_corrects_itself(db: Database, leads: None, rows: Rows) -> None:
    sent(db, event("e1"))

    received = sent(db, event("e1", "won"), event("e2", "accepted"), later=1)

    assert (received.new, received.rejected) == (1, ())
    assert rows("select kind from handoff_event order by event_id") == [("won",), ("accepted",)]
    assert rows("select kind, why from corrected_event") == [("mql", "corrected")]


def test_an_event_of_somebody_else_s_id_is_rejected(db: Database, leads: None, rows: Rows) -> None:
    with db.write(*ANYTHING) as cursor:
        cursor.execute(
            "insert into handoff_event (event_id, lead_id, occurred_at, kind) select 'e1', 'a', now(), 'mql'"
        )

    received = sent(db, event("e1", "won"), event("e2", "accepted"), later=1)

    assert received.new == 1
    assert received.rejected == (Remark(1, "event_id 'e1' exists with other content"),)
    assert rows("select kind from handoff_event order by event_id") == [("mql",), ("accepted",)]


def test_an_old_activity_sent_again_does_not_undo_a_newer_import(
    db: Database, leads: None, load: Import, write: Write, rows: Rows
) -> None:
    sent(db, activity("x1", subject="old"))
    load(
        write("a.csv", "activity_id,lead_id,occurred_at,kind,subject\nx1,a,2026-02-01,page_view,new\n"), kind="activity"
    )

    received = sent(db, activity("x1", subject="old"), later=1)

    assert received.known == 1
    assert rows("select subject from activity") == [("new",)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("text", "is not a JSON object"),
        (None, "is not a JSON object"),
        ([], "is not a JSON object"),
        ({"lead_id": "a"}, "carries neither an event_id nor an activity_id"),
        ({"event_id": "e", "activity_id": "x"}, "carries both an event_id and an activity_id"),
        ({"event_id": 7}, "its event_id is not a text"),
        ({"event_id": " "}, "its event_id is not a text"),
        (event("e9", resaon="x"), "no column is called 'resaon'. Did you mean 'reason'?"),
        (event("e9", reason="\ud800"), "holds half a character, or none"),
        (event("e9", reason="a\x00b"), "holds half a character, or none"),
        (event("e9", "acepted"), "kind 'acepted'"),
        (event("e9", occurred_at="soon"), "occurred_at 'soon' is not a date"),
        (event("e9", occurred_at=None), "occurred_at is blank"),
    ],
)
def test_an_event_that_cannot_be_meant_is_named_and_the_rest_loads(
    db: Database, leads: None, rows: Rows, bad: Any, reason: str
) -> None:
    received = sent(db, event("e1"), bad, event("e2", "accepted"))

    assert received.new == 2
    assert [remark.event for remark in received.rejected] == [2]
    assert received.rejected[0].reason.startswith(reason)
    assert rows("select event_id from handoff_event order by event_id") == [("e1",), ("e2",)]


def test_nothing_is_noted_where_nothing_could_be_meant(db: Database, rows: Rows) -> None:
    assert sent(db, 1, 2).rejected == (Remark(1, "is not a JSON object"), Remark(2, "is not a JSON object"))
    assert rows("from import_run") == []


def test_an_event_whose_lead_is_not_known_yet_waits_for_it(
    db: Database, leads: None, load: Import, write: Write, rows: Rows
) -> None:
    received = sent(db, event("e1", lead_id="later"), event("e2"))
    load(write("later.csv", "lead_id,created_at\nlater,2026-01-01\n"), kind="lead")

    assert received.new == 1
    assert received.waiting == (Remark(1, "no lead is called 'later' yet"),)
    assert rows("select lead_id from handoff_event order by event_id") == [("later",), ("a",)]


def test_a_value_of_another_type_is_left_out_and_said(db: Database, leads: None, rows: Rows) -> None:
    received = sent(db, event("e0"), event("e1", "won", amount="much"))

    assert received.new == 2
    assert received.unknown == (Remark(2, "amount 'much' is not an amount, and unknown"),)
    assert rows("select amount from handoff_event where event_id = 'e1'") == [(None,)]


def test_a_date_alone_is_one_of_the_reporting_zone(db: Database, leads: None, rows: Rows) -> None:
    sent(db, event("e1", occurred_at="2026-05-01"))

    assert rows("select occurred_at::varchar from handoff_event") == [("2026-04-30 22:00:00",)]


def test_what_was_received_is_an_audit_entry(db: Database, leads: None) -> None:
    sent(db, event("e1"))

    entry = load_entries(db)[-1]
    assert (entry.who, entry.what) == ("webhook", "imported")
    assert '"handoff_event":1' in entry.detail
