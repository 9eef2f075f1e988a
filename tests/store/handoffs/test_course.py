"""What happened to one lead, line by line, as its sources told it, corrected it and took it back."""

from pathlib import Path

import pytest

from lib.config.sources import read_source
from lib.core.exchange.mappings import Source
from lib.core.handoffs.course import Line, course
from lib.core.time.clock import instant_text, parse_instant
from lib.store.database import Database
from lib.store.handoffs.course import load_known
from lib.store.handoffs.handoffs import load_handoffs
from tests.store.conftest import MADRID, NOW, Import, Write

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases"
LATE = parse_instant("2026-12-01T00:00:00Z", MADRID)

LEAD = "lead_id,created_at\na,2026-03-01\n"


def shipped(name: str) -> Source:
    return read_source((ROOT / f"config/sources/{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


def lines(db: Database, lead_id: str, as_of: int = LATE) -> tuple[Line, ...]:
    return course(load_known(db, lead_id), load_handoffs(db, as_of).of_lead(lead_id))


def steps(found: tuple[Line, ...]) -> list[tuple[str, bool, bool]]:
    """Of each line its kind, whether it is implied, and whether it is known by its day alone."""
    return [(one.kind, one.is_implied, one.by_day) for one in found]


def deals(load: Import, *names: str) -> None:
    for name in ("contacts", *names):
        load(CASES / "03-corrected-deal" / f"{name}.csv", source=shipped("hubspot"))


def test_what_a_later_export_corrected_is_told_with_what_it_was_before(db: Database, load: Import) -> None:
    deals(load, "deals_april", "deals_may", "deals_may_moved")

    found = lines(db, "101")

    assert steps(found) == [
        ("mql", False, False),
        ("accepted", True, False),
        ("sql", True, False),
        ("opportunity", False, False),
        ("won", False, False),
    ]
    won = found[-1]
    assert [one.event.amount for one in won.was] == [1000.0, 1500.0]
    assert [instant_text(one.event.at)[:10] for one in won.was] == ["2026-04-10", "2026-04-10"]
    assert {one.until for one in won.was} == {NOW}
    assert all(one.was == () for one in found[:-1])
    assert {one.event.kind for one in found if one.is_implied} == {"opportunity"}


def test_a_value_that_returns_has_each_it_had_between(db: Database, load: Import) -> None:
    deals(load, "deals_april", "deals_may", "deals_april")

    won = lines(db, "101")[-1]

    assert [*(one.event.amount for one in won.was), won.event.amount] == [1000.0, 1500.0, 1000.0]


def test_a_deal_that_was_lost_and_reopened_was_corrected_in_neither(db: Database, load: Import) -> None:
    deals(load, "deals_lost", "deals_may_moved")

    found = lines(db, "101")

    assert [one.kind for one in found if one.kind in ("won", "lost")] == ["lost", "won"]
    assert all(one.counts and not one.was for one in found)


def test_what_is_known_by_its_day_is_so_told_also_where_it_only_implies_a_step(db: Database, load: Import) -> None:
    load(*sorted((CASES / "02-same-day-date-only").glob("*.csv")), source=shipped("salesforce"))

    assert steps(lines(db, "00Q000000000001AAA")) == [
        ("mql", False, False),
        ("accepted", True, True),
        ("sql", False, True),
        ("opportunity", False, False),
        ("won", False, True),
    ]


def test_what_somebody_took_back_stays_with_who_did_it_until_that_is_taken_back(
    db: Database, load: Import, write: Write
) -> None:
    events = (
        "event_id,lead_id,occurred_at,kind,actor,detail\n"
        "m,a,2026-03-02T09:00:00Z,mql,,\n"
        "r,a,2026-03-03T09:00:00Z,rejected,rep-1,\n"
        'x,a,2026-03-04T09:00:00Z,retracted,rep-2,"{""event_id"": ""r""}"\n'
    )
    again = (
        "event_id,lead_id,occurred_at,kind,actor,detail\n"
        'y,a,2026-03-05T09:00:00Z,retracted,ann,"{""event_id"": ""x""}"\n'
    )
    load(write("lead.csv", LEAD), kind="lead")
    load(write("events.csv", events), kind="handoff_event")

    assert [(one.kind, one.cycle, one.taken_back and one.taken_back.actor) for one in lines(db, "a")] == [
        ("mql", 1, None),
        ("rejected", 1, "rep-2"),
    ]
    assert lines(db, "a", parse_instant("2026-03-03T12:00:00Z", MADRID))[-1].counts
    load(write("again.csv", again), kind="handoff_event")
    assert [one.kind for one in lines(db, "a") if one.counts] == ["mql", "rejected"]


def test_a_hand_over_taken_back_takes_its_lines_along(db: Database, load: Import, write: Write) -> None:
    events = (
        "event_id,lead_id,occurred_at,kind,actor,detail\n"
        "early,a,2026-03-01T09:00:00Z,sql,,\n"
        "m,a,2026-03-02T09:00:00Z,mql,,\n"
        "s,a,2026-03-03T09:00:00Z,sql,rep-1,\n"
        'x,a,2026-03-04T09:00:00Z,retracted,ann,"{""event_id"": ""m""}"\n'
        "m2,a,2026-03-05T09:00:00Z,mql,,\n"
    )
    load(write("lead.csv", LEAD), kind="lead")
    load(write("events.csv", events), kind="handoff_event")

    assert [(one.cycle, one.kind, one.counts) for one in lines(db, "a")] == [
        (None, "sql", True),
        (1, "mql", False),
        (1, "sql", False),
        (2, "mql", True),
    ]


@pytest.mark.parametrize("earlier", [["deals_april"], ["deals_april", "deals_may"]])
def test_an_import_that_says_a_deal_is_gone_is_named_with_it(
    db: Database, load: Import, write: Write, earlier: list[str]
) -> None:
    deals(load, *earlier)
    gone = (
        "Record ID,Deal Name,Deal Stage,Close Date,Amount,Create Date,Associated Contact IDs,is_deleted\n"
        "901,D1,Closed Won,2026-04-10 10:00,1500,2026-03-20 10:00,101,true\n"
    )
    load(write("gone.csv", gone), source=shipped("hubspot"))

    found = lines(db, "101")

    assert [(one.kind, one.cycle, one.gone) for one in found] == [
        ("mql", 1, None),
        ("opportunity", 1, NOW),
        ("won", 1, NOW),
    ]
    assert [one.event.amount for one in found[-1].was] == ([1000.0] if len(earlier) > 1 else [])
