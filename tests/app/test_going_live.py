"""What Monday is said to look like is what it then looks like: the stock, and what each start plan hands over, lead by
lead, as `route` does it day after day over the next weeks of the sample."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lib.app.deployment import Deployment
from lib.app.handing_over import hand_over
from lib.app.handoffs.going_live import ahead_of, going_live, in_stock, usual_plans
from lib.app.snapshot import Snapshot
from lib.config.agreement import write_agreement
from lib.config.folder import read_folder
from lib.core.access.people import Side
from lib.core.agreement.agreement import Agreement
from lib.core.definition.criteria import Definition
from lib.core.handoffs.reps import Rep
from lib.core.handoffs.routing import Way
from lib.core.handoffs.start_plan import StartPlan, Stock
from lib.core.time.clock import MICROSECONDS_PER_DAY as DAY
from lib.core.time.clock import day_of, day_start
from lib.store.agreement.versions import propose, sign
from lib.store.database import Database, open_database
from lib.store.handoffs.cycles import keep_cycles
from tests.conftest import ROOT
from tests.grants import ANYTHING, BY_TEST, somebody

CONFIG = read_folder(ROOT / "config")
TOM, INES = somebody("Tom", Side.MARKETING), somebody("Ines", Side.SALES)
MADRID = ZoneInfo("Europe/Madrid")

START = day_start(date(2026, 10, 12), MADRID)
"""Six weeks before the sample ends: a Monday, and a holiday in Spain."""

DRAFT = CONFIG.definition.with_points("webinar_registered", 0).with_threshold(49)

WEEKS = 4

Cut = Callable[..., Database]


@pytest.fixture
def cut(sample_database: Path, tmp_path: Path) -> Iterator[Cut]:
    """Opens a copy of the sample in which nobody was handed over or answered after the start."""
    opened: list[Database] = []

    def cut_off(at: int = START) -> Database:
        path = tmp_path / f"cut-{len(opened)}.duckdb"
        path.write_bytes(sample_database.read_bytes())
        database = open_database(path, first_definition=None, clock=START)
        opened.append(database)
        with database.write(*ANYTHING) as cursor:
            cursor.execute("delete from handoff_event where occurred_at >= make_timestamp(?)", [at])
            cursor.execute("delete from kept_cycle")
            cursor.execute("delete from kept_lead")
            keep_cycles(cursor)
        return database

    yield cut_off
    for database in opened:
        database.close()


def as_of(database: Database, at: int) -> Deployment:
    return Deployment(CONFIG, database, lambda: at, at)


def before(database: Database) -> Snapshot:
    """All that is known when the start comes."""
    return as_of(database, START - 1).snapshot()


def agree(database: Database, draft: Definition, plan: StartPlan) -> None:
    signed_at = START - DAY
    text = write_agreement(Agreement(draft, plan))
    version = propose(database, text, TOM, signed_at, reason="Try", starts_at=START)
    for by in (TOM, INES):
        sign(database, version.number, version.sha256, by, signed_at)


def routed_by_day(database: Database) -> dict[date, dict[str, Way]]:
    """Who was handed over on each day, with the way it came, in the evening of each."""
    days = {}
    for number in range(WEEKS * 7):
        evening = START + number * DAY + 20 * DAY // 24
        run = hand_over(as_of(database, evening), as_of=evening, by=BY_TEST)
        days[day_of(evening, MADRID)] = {one.lead_id: one.way for one in run.handed_over}
    return days


@pytest.mark.parametrize(
    "plan",
    [
        StartPlan(START),
        StartPlan(START, Stock.RECENT, 90, 3),
        StartPlan(START, Stock.STANDING, None, 2),
    ],
)
def test_the_forecast_of_going_live_is_what_route_then_does_to_the_lead(cut: Cut, plan: StartPlan) -> None:
    database = cut()
    snapshot = before(database)
    ids = snapshot.leads.history.lead_id
    there = in_stock(snapshot, DRAFT, START)
    forecast = ahead_of(snapshot, DRAFT, START, plan)
    agree(database, DRAFT, plan)

    days = routed_by_day(database)

    handed_over_on = {lead: (day, way) for day, leads in days.items() for lead, way in leads.items()}
    stock_ids = set(ids.take(there.rows).to_pylist())
    last = max(days)
    due = {
        lead: day_of(int(at), MADRID)
        for lead, at in zip(ids.take(there.rows[forecast.due.places]).to_pylist(), forecast.due.due_at, strict=True)
    }
    due = {lead: day for lead, day in due.items() if day <= last}
    # Everybody comes on the day that was said, but who came by itself before it.
    assert {lead for lead, (_, way) in handed_over_on.items() if way is Way.STOCK} <= due.keys()
    for lead, day in due.items():
        came, way = handed_over_on[lead]
        assert (way is Way.STOCK and came == day) or (way is Way.AWAKENED and came <= day)
    # Of the others in stock nobody comes but by itself; and who comes for the first time was not in stock.
    assert all(way is Way.AWAKENED for lead, (_, way) in handed_over_on.items() if lead in stock_ids - due.keys())
    assert not any(lead in stock_ids for lead, (_, way) in handed_over_on.items() if way is Way.FIRST)
    assert len(stock_ids) > 100
    assert plan.stock is Stock.NONE or len(due) > 10


def test_the_days_ahead_say_how_many_of_the_stock_come_and_never_more_than_the_plan(cut: Cut) -> None:
    snapshot = before(cut())
    plan = StartPlan(stock=Stock.STANDING, per_day=2)

    forecast = ahead_of(snapshot, DRAFT, START, plan)

    assert forecast.days[0].day == date(2026, 10, 13)
    assert sum(day.of_stock for day in forecast.days) == forecast.released
    assert max(day.of_stock for day in forecast.days) == 2
    assert all(day.in_time is not None and 0 <= day.in_time <= 1 for day in forecast.days if day.of_stock)
    assert not any(day.day.weekday() > 4 for day in forecast.days)


def test_a_plan_that_hands_over_more_makes_a_longer_queue(cut: Cut) -> None:
    snapshot = before(cut())
    at_once = StartPlan(stock=Stock.RECENT, days=365)

    waiting = [ahead_of(snapshot, DRAFT, START, plan).most_waiting or 0 for plan in (*usual_plans(2), at_once)]

    assert waiting[0] <= waiting[2] < waiting[3]


def test_as_many_come_by_themselves_as_the_last_weeks_say(cut: Cut) -> None:
    database = cut()
    live = going_live(before(database), DRAFT, START)
    agree(database, DRAFT, StartPlan(START))

    days = routed_by_day(database)

    came = sum(way is Way.AWAKENED for leads in days.values() for way in leads.values())
    assert live.awakened is not None
    expected = sum(live.awakened[:WEEKS])
    # A count of about so many leads: within three times its spread.
    assert abs(came - expected) < 3 * np.sqrt(expected) + 1
    assert expected > 5


def test_the_first_version_in_force_takes_whom_it_qualified_out_of_the_stock(cut: Cut) -> None:
    database = cut(START - 14 * DAY)
    without = set(in_stock(before(database), DRAFT, START).rows.tolist())
    hand_over(as_of(database, START - 14 * DAY), as_of=START - 14 * DAY, by=BY_TEST)

    after = set(in_stock(before(database), DRAFT, START).rows.tolist())

    assert after < without


def test_ages_and_scores_count_everybody_once(cut: Cut) -> None:
    live = going_live(before(cut()), DRAFT, START)

    assert sum(leads for _, leads in live.by_age_days) == sum(leads for _, leads in live.by_age) == len(live.stock)
    assert live.still_at_threshold == sum(score >= 49 for score in live.stock.score.tolist())
    assert live.working_days == len(live.stock) / live.capacity_per_day if live.capacity_per_day else False


@pytest.mark.parametrize("reps", [(), (Rep("r1"),), (Rep("r1", capacity_per_day=0.0),)])
def test_without_capacity_nobody_can_say_how_many_working_days_it_is(cut: Cut, reps: tuple[Rep, ...]) -> None:
    snapshot = before(cut())
    short = replace(snapshot, sales=replace(snapshot.sales, reps=reps))

    live = going_live(short, DRAFT, START)
    forecast = ahead_of(short, DRAFT, START, StartPlan(stock=Stock.STANDING, per_day=5))

    assert (live.capacity_per_day, live.working_days) == (None, None)
    assert forecast.most_waiting is None
    assert all((day.waiting, day.in_time) == (None, None) for day in forecast.days)


def test_a_stock_of_ten_years_is_a_number_of_days_and_no_fault(cut: Cut) -> None:
    snapshot = before(cut())
    few = replace(snapshot, sales=replace(snapshot.sales, reps=(Rep("r1", capacity_per_day=0.02),)))

    live = going_live(few, DRAFT, START)
    forecast = ahead_of(few, DRAFT, START, StartPlan(stock=Stock.STANDING))

    assert live.working_days is not None
    assert live.working_days > 2_500
    assert forecast.most_waiting is not None
