"""A hand-off carries what its lead was when it was handed over, and not what became of it since."""

import pytest

from lib.core.time.clock import parse_instant
from lib.store.database import Database
from lib.store.handoffs.handoffs import load_handoffs
from tests.grants import ANYTHING
from tests.store.conftest import MADRID, Import, Rows, Write

LEADS = "lead_id,created_at,owner,channel,source\na,2026-03-01,olga,inbound,ads\nb,2026-03-01,,event,fair\n"
EVENTS = (
    "event_id,lead_id,occurred_at,kind,reason\n"
    "1,a,2026-03-02T09:00:00Z,mql,\n"
    "2,a,2026-03-03T09:00:00Z,recycled,no_reply\n"
    "3,a,2026-03-10T09:00:00Z,mql,\n"
    "4,b,2026-03-02T09:00:00Z,mql,\n"
)
CHANGES = (
    "lead_id,field,old_value,value,changed_at\n"
    "a,channel,interaction,event,2026-03-02T09:00:00Z\n"
    "a,channel,,inbound,2026-03-02T09:00:01Z\n"
    "a,source,fair,,2026-03-02T08:00:00Z\n"
    "a,source,,ads,2026-03-09T08:00:00Z\n"
    "a,owner,00G-queue,olga,2026-03-09T08:00:00Z\n"
)
LATE = parse_instant("2026-05-31T00:00:00Z", MADRID)


@pytest.fixture
def handed_over(db: Database, load: Import, write: Write) -> Database:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("events.csv", EVENTS), kind="handoff_event")
    load(write("changes.csv", CHANGES), kind="lead_change")
    return db


def carried(db: Database, as_of: int = LATE) -> list[tuple[str | None, ...]]:
    of = load_handoffs(db, as_of)
    return [
        (of.handoff_id(row), of.channel.text(row), of.source.text(row), of.owner.text(row)) for row in range(len(of))
    ]


def test_channel_source_and_owner_are_those_known_at_the_hand_over(handed_over: Database) -> None:
    assert sorted(carried(handed_over)) == [
        ("a:1", "event", None, "00G-queue"),
        ("a:2", "inbound", "ads", "olga"),
        ("b:1", "event", "fair", None),
    ]


def test_the_view_of_hand_offs_says_the_same(handed_over: Database, rows: Rows) -> None:
    assert rows("select handoff_id, channel, source, owner from handoff order by 1") == sorted(carried(handed_over))


def test_they_are_the_same_as_of_an_earlier_instant(handed_over: Database) -> None:
    early = parse_instant("2026-03-05T00:00:00Z", MADRID)

    assert sorted(carried(handed_over, early)) == [("a:1", "event", None, "00G-queue"), ("b:1", "event", "fair", None)]


def test_whose_a_lead_was_in_a_queue_is_nobody(handed_over: Database) -> None:
    with handed_over.write(*ANYTHING) as cursor:
        cursor.execute("insert into queue (queue_id) values ('00G-queue')")

    assert {one[0]: one[3] for one in carried(handed_over)} == {"a:1": None, "a:2": "olga", "b:1": None}
