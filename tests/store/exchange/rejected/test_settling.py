"""What was rejected before and is read by now is no problem any more, until the import that read it is taken back."""

import pytest

from lib.store.database import Database
from lib.store.exchange.imports import check_files
from lib.store.exchange.imports import load as load_recognised
from lib.store.exchange.undoing import undo_last_import
from tests.grants import BY_TEST
from tests.store.conftest import MADRID, NOW, Import, Rows, Write
from tests.store.exchange.test_counts import FIRM
from tests.store.exchange.test_undoing import state

LEADS = "lead_id,created_at,employees\na,2026-03-01,\nb,never,\n"
EVENTS = "lead_id,occurred_at,kind,actor\na,2026-03-02,mql,r1\na,never,accepted,r1\n"
PROBLEMS = "select file, line, reason from rejected_row order by all"


@pytest.mark.parametrize(
    ("kind", "name", "before", "after"),
    [
        ("lead", "later.csv", LEADS, "lead_id,created_at\nc,2026-03-01\nb,2026-03-04\n"),
        ("rep", "later.csv", "rep_id,capacity_per_day\nr,5\n,6\n", "rep_id,capacity_per_day\nr,5\nq,6\n"),
        (
            "goal",
            "later.csv",
            "month,metric,target\n2026-03,mql,5\n2026-04,sql,x\n",
            "month,metric,target\n2026-04,sql,9\n",
        ),
        ("spend", "later.csv", "month,source,amount\n2026-03,a,5\n2026-04,,x\n", "month,amount,source\n2026-04,7,\n"),
        ("handoff_event", "later.csv", EVENTS, EVENTS.replace("never", "2026-03-03")),
        ("handoff_event", "later.csv", EVENTS, "lead_id,occurred_at,kind,actor\na,2026-03-03,accepted,r1\n"),
        (
            "activity",
            "later.csv",
            "activity_id,lead_id,occurred_at,kind\n1,a,2026-03-02,view\n2,a,x,view\n",
            "activity_id,lead_id,occurred_at,kind\n2,a,2026-03-02,click\n",
        ),
        (
            "activity",
            "first.csv",
            "lead_id,occurred_at,kind\na,2026-03-02,view\n,2026-03-02,view\n",
            "lead_id,occurred_at,kind\na,2026-03-02,view\na,2026-03-02,view\n",
        ),
        (
            "lead",
            "first.csv",
            "lead_id,created_at\na,2026-03-01\nb,2026-03-01,x,y\n",
            "lead_id,created_at\na,2026-03-01\nb,2026-03-01\n",
        ),
    ],
    ids=[
        "lead",
        "rep in another file",
        "goal",
        "spend",
        "event",
        "event elsewhere",
        "activity by its id",
        "blank",
        "cells",
    ],
)
def test_a_row_that_is_read_by_now_is_no_problem_until_that_is_taken_back(
    db: Database, load: Import, write: Write, rows: Rows, kind: str, name: str, before: str, after: str
) -> None:
    if kind in ("activity", "handoff_event"):
        load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    load(write("first.csv", before), kind=kind)
    assert len(rows(PROBLEMS)) == 1
    earlier = state(db)

    load(write(name, after), kind=kind)

    known = kind != "rep"
    assert (rows(PROBLEMS) == []) is known
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == earlier


def test_a_row_that_a_mended_option_reads_is_no_problem(db: Database, load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    clicks = write("clicks.csv", "lead_id,occurred_at,kind\na,2026-03-02,view\na,3rd of March 2026,view\n")
    load(clicks, kind="activity")
    assert len(rows(PROBLEMS)) == 1

    formats = ("%Y-%m-%d", "%drd of %B %Y")
    load_recognised(
        db, check_files([clicks], kind="activity", date_formats=formats), "activity", zone=MADRID, now=NOW, by=BY_TEST
    )

    assert rows(PROBLEMS) == []
    assert rows("select count(*) from activity") == [(2,)]


@pytest.mark.parametrize(
    "after",
    [
        "lead_id,created_at\nc,2026-03-04\nd,2026-03-04\n",
        "lead_id,occurred_at,kind,actor\nb,2026-03-03,accepted,r1\n",
    ],
)
def test_a_row_that_is_not_read_stays_a_problem(load: Import, write: Write, rows: Rows, after: str) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    load(write("first.csv", EVENTS), kind="handoff_event")
    load(
        write("2.csv", "lead_id,occurred_at,kind,actor\na,2026-03-03,accepted,r2\na,2026-03-03,won,r1\n"),
        kind="handoff_event",
    )
    load(write("first.csv", after), kind="handoff_event" if "kind" in after else "lead")

    assert ("first.csv", 3, "occurred_at 'never' is not a date") in rows(PROBLEMS)


def test_a_row_rejected_again_in_another_file_is_one_problem(load: Import, write: Write, rows: Rows) -> None:
    load(write("april.csv", LEADS), kind="lead")
    load(write("may.csv", LEADS.replace("a,", "c,2026-04-01,\na,").replace("never", "soon")), kind="lead")

    assert rows(PROBLEMS) == [("may.csv", 4, "created_at 'soon' is not a date")]


def test_a_value_left_unknown_is_no_problem_once_it_is_read(
    load: Import, write: Write, rows: Rows, db: Database
) -> None:
    first = "lead_id,created_at,employees\na,2026-03-01,many\nb,2026-03-01,many\nc,2026-03-01,few\n"
    load(write("first.csv", first), kind="lead")
    before = state(db)
    load(write("other.csv", "lead_id,employees\nc,some\na,many\n"), kind="lead")
    assert [line for _, line, _ in rows(PROBLEMS)] == [2, 2, 3]

    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before
    load(write("later.csv", first.replace("many", "200")), kind="lead")
    assert [reason for *_, reason in rows(PROBLEMS)] == ["employees 'few' is not a whole number, and unknown"]


def test_an_id_that_another_source_has_stays_taken_until_its_own_source_agrees(
    load: Import, write: Write, rows: Rows
) -> None:
    load(write("people.csv", "Person,Created\na,2026-03-01\n"), source=FIRM)
    one, two = (
        f"event_id,lead_id,occurred_at,kind\n1,a,{at},mql\n2,a,2026-03-04,mql\n" for at in ("2026-03-02", "2026-03-03")
    )
    both = one + "1,a,2026-03-03,mql\n"
    load(write("both.csv", both), kind="handoff_event")
    assert len(rows(PROBLEMS)) == 1

    load(write("two.csv", two), kind="handoff_event")

    assert rows(PROBLEMS) == []
