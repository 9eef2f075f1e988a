"""Small inputs with what is right in each: ties, deals that reopen, leads that are passed on, closed ones."""

from datetime import date
from pathlib import Path

import pytest

from lib.core.arrays import NEVER
from lib.core.exchange.outgoing import decision_table, mql_table, stated
from lib.core.funnel.cohorts import cohorts, waiting
from lib.core.handoffs.handoffs import Outcome
from lib.core.time.clock import instant_text, parse_instant
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.store.database import Database
from lib.store.exchange.imports import import_files
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.handoffs.problems import load_problems
from lib.store.handoffs.queues import settle
from tests.grants import BY_TEST
from tests.store.conftest import MADRID, Import, Write

CASES = Path(__file__).parents[2] / "cases"
LATE = parse_instant("2026-12-01T00:00:00Z", MADRID)


@pytest.fixture(name="load")
def late_load(db: Database) -> Import:
    """Imports when all that these files speak of has been: what lies ahead of the clock is held aside."""
    return lambda *files, **how: import_files(db, files, zone=MADRID, now=LATE, by=BY_TEST, **how)


SIX = "lead_id,created_at\n" + "".join(f"d{n},2026-03-01\n" for n in range(6))
DEALS = "lead_id,occurred_at,kind,amount\n" + "".join(
    f"d{n},2026-03-02T09:00:00Z,mql,\nd{n},2026-03-20T09:00:00Z,opportunity,1000\n"
    f"d{n},2026-04-10T10:00:00Z,lost,1000\nd{n},2026-04-28T10:00:00Z,won,1500\n"
    for n in range(6)
)


def test_of_two_rejections_at_one_instant_the_same_counts_for_every_lead_and_each_tie_is_reported(
    db: Database, load: Import
) -> None:
    case = CASES / "03-corrected-deal"
    load(case / "tie_leads.csv", kind="lead")
    load(case / "tie_events.csv", kind="handoff_event")

    handoffs = load_handoffs(db, LATE)
    ties = [one for one in load_problems(db, LATE, ["not_ready", "wrong_company"]) if one.kind == "tie"]

    assert [handoffs.reason.text(row) for row in range(4)] == ["not_ready"] * 4
    assert [one.lead_id for one in ties] == ["a", "b", "c", "d"]


def test_deals_lost_and_won_later_are_won_once_and_as_of_before_they_are_lost(
    db: Database, load: Import, write: Write
) -> None:
    load(write("leads.csv", SIX), kind="lead")
    load(write("deals.csv", DEALS), kind="handoff_event")

    now, then = (load_handoffs(db, parse_instant(f"{day}T00:00:00Z", MADRID)) for day in ("2026-06-20", "2026-04-20"))
    reopened = [one for one in load_problems(db, LATE, []) if one.kind == "reopened"]

    assert (now.outcome.tolist(), now.lost_at.tolist()) == ([Outcome.WON] * 6, [NEVER] * 6)
    assert now.amount.sum() == 9000
    assert (then.outcome.tolist(), then.won_at.tolist()) == ([Outcome.LOST] * 6, [NEVER] * 6)
    assert len(reopened) == 6


def test_a_lead_passed_on_is_whose_it_was_last_and_since_then_and_the_teams_since_the_first(
    db: Database, load: Import
) -> None:
    case = CASES / "28-reassigned-and-odd-ids"
    for file, kind in (("reps.csv", "rep"), ("leads.csv", "lead"), ("events.csv", "handoff_event")):
        load(case / file, kind=kind)

    handed = load_handoffs(db, LATE, lead_id="re1")

    assert (handed.owner.text(0), handed.first_owner.text(0)) == ("r2", "r1")
    assert instant_text(int(handed.owner_since[0])) == "2026-11-27T08:00:00Z"
    assert instant_text(int(handed.assigned_at[0])) == "2026-11-26T08:05:00Z"


def test_a_queue_is_nobody_as_soon_as_it_is_said_and_no_longer(db: Database, load: Import) -> None:
    case = CASES / "28-reassigned-and-odd-ids"
    load(case / "leads.csv", kind="lead")
    load(case / "events.csv", kind="handoff_event")

    settle(db, ["r2"])
    without = load_handoffs(db, LATE)
    settle(db, [])
    again = load_handoffs(db, LATE)

    owners = [{one.owner.text(row) for row in range(len(one))} for one in (without, again)]
    assert owners == [{"r1", None}, {"r1", "r2"}]


@pytest.mark.parametrize("closing", ["lost", "withdrawn"])
def test_a_lead_closed_before_anybody_decided_is_neither_open_nor_decided_and_never_sent_back(
    db: Database, load: Import, write: Write, closing: str
) -> None:
    load(write("leads.csv", SIX), kind="lead")
    happened = f"d0,2026-03-02,mql\nd0,2026-03-05,{closing}\nd1,2026-03-02,mql\nd1,2026-03-04,won\n"
    load(write("events.csv", f"lead_id,occurred_at,kind\n{happened}"), kind="handoff_event")

    handoffs = load_handoffs(db, LATE)
    (march,) = cohorts(handoffs, Window(date(2026, 3, 1), date(2026, 4, 1), "Europe/Madrid"), By.MONTH)

    assert (march.handoffs, march.accepted, march.open, march.closed) == (2, 1, 0, 1)
    assert waiting(handoffs).open == 0
    assert waiting(handoffs, parse_instant("2026-03-04T12:00:00Z", MADRID)).open == 1
    # What is only implied is no statement of anybody.
    assert decision_table(handoffs)["implied"].to_pylist() == ["decision, sql, opportunity"]
    assert stated(decision_table(handoffs)).num_rows == 0
    told = mql_table(handoffs).to_pydict()
    assert (told["state"], told["implied"]) == (["closed", "accepted"], ["", "decision, sql, opportunity"])
