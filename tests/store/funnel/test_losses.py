"""What was lost, read from the events that count."""

from lib.core.funnel.lost import Loss
from lib.core.time.clock import parse_instant
from lib.store.database import Database
from lib.store.funnel.losses import load_losses
from tests.store.conftest import MADRID, Import, Write

EVENTS = (
    "event_id,lead_id,occurred_at,kind,reason,detail\n"
    "m,a,2026-03-02T09:00:00Z,mql,,\n"
    "l1,a,2026-03-03T09:00:00Z,lost, price ,\n"
    "l2,a,2026-03-04T09:00:00Z,lost,,\n"
    "l3,a,2026-03-05T09:00:00Z,lost,mistake,\n"
    'r,a,2026-03-06T09:00:00Z,retracted,,"{""event_id"": ""l3""}"\n'
)


def test_losses_are_those_that_count_as_of_an_instant(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    load(write("events.csv", EVENTS), kind="handoff_event")
    third, fourth, fifth = (parse_instant(f"2026-03-0{day}T09:00:00Z", MADRID) for day in (3, 4, 5))

    assert load_losses(db, third) == (Loss("a", third, "price"),)
    assert load_losses(db, fifth)[-1] == Loss("a", fifth, "mistake")
    assert load_losses(db, fifth + 10**12) == (Loss("a", third, "price"), Loss("a", fourth, None))
