"""The stock at a start, what each start plan releases of it and when, and how many come by themselves."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.arrays import NEVER
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.definition.earning import hits_of
from lib.core.definition.scoring import gates_open, looks, score_at
from lib.core.handoffs.start_plan import StartPlan, StartPlanRefused, Stock
from lib.core.handoffs.stock import WEEK, InStock, awakened_a_week, releases, stock
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay.hits import HitIndex
from lib.core.time.clock import MICROSECONDS_PER_DAY as DAY
from tests.core.strategies import definitions, instants, lively_definitions, lively_populations, populations


def stock_of(leads: list[Lead], definition: Definition, start: int, free: list[bool] | None = None) -> InStock:
    history = history_of(leads)
    may = np.array([True] * len(leads) if free is None else free, dtype=np.bool_)
    return stock(HitIndex(history).hits(definition), definition, may, start, start)


def plainly(lead: Lead, definition: Definition, start: int) -> tuple[int, int] | None:
    """When a lead of the stock qualified and its score at the start; None for one that is not in it."""
    hits = hits_of(definition, lead)
    for at in looks(definition, lead, hits, start - 1):
        score = score_at(definition, hits, at)
        if score.score >= definition.threshold and gates_open(definition, lead, score, at):
            then = score_at(definition, hits, start)
            return (at, then.score) if gates_open(definition, lead, then, start) else None
    return None


@settings(max_examples=200)
@given(
    st.one_of(populations(), lively_populations()),
    st.one_of(definitions(), lively_definitions()),
    instants,
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_the_stock_is_who_reached_the_threshold_before_the_start_and_has_every_gate_open_then(
    leads: list[Lead], definition: Definition, start: int, free: list[bool]
) -> None:
    leads = sorted(leads, key=lambda one: one.lead_id)
    of = stock_of(leads, definition, start, free[: len(leads)])

    expected = {row: plainly(lead, definition, start) for row, lead in enumerate(leads) if free[row]}

    found = dict(zip(of.rows.tolist(), zip(of.qualified_at.tolist(), of.score.tolist(), strict=True), strict=True))
    assert found == {row: there for row, there in expected.items() if there}


def in_stock(scores: list[int], ages_days: list[float], threshold: int = 50) -> InStock:
    count = len(scores)
    at = np.array([round(100 * DAY - age * DAY) for age in ages_days], dtype=np.int64)
    order = np.lexsort((np.arange(count), -at, -np.array(scores, dtype=np.int64)))
    return InStock(100 * DAY, threshold, np.arange(count)[order], at[order], np.array(scores, dtype=np.int64)[order])


plans = st.one_of(
    st.just(StartPlan()),
    st.builds(StartPlan, st.none(), st.just(Stock.STANDING), st.none(), st.none() | st.integers(1, 5)),
    st.builds(StartPlan, st.none(), st.just(Stock.RECENT), st.integers(1, 60), st.none() | st.integers(1, 5)),
)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.floats(0.001, 99)), max_size=30),
    plans,
    st.integers(0, 12),
)
def test_a_plan_releases_whom_it_names_best_first_and_never_more_a_day_than_it_says(
    people: list[tuple[int, float]], plan: StartPlan, days: int
) -> None:
    of = in_stock([score for score, _ in people], [age for _, age in people])
    openings = np.arange(days, dtype=np.int64) * DAY + of.starts_at

    due = releases(of, plan, openings)

    named = [
        place
        for place in range(len(of))
        if (plan.stock is Stock.STANDING and of.score[place] >= 50)
        or (plan.stock is Stock.RECENT and of.starts_at - of.qualified_at[place] <= (plan.days or 0) * DAY)
    ]
    room = len(named) if plan.per_day is None and days else days * (plan.per_day or 0)
    assert due.places.tolist() == named[:room]
    assert (np.diff(of.score[due.places]) <= 0).all()
    assert (np.diff(due.due_at) >= 0).all()
    most = max(np.unique(due.due_at, return_counts=True)[1], default=0)
    assert plan.per_day is None or most <= plan.per_day


def test_nothing_of_the_stock_is_released_without_a_plan() -> None:
    assert releases(in_stock([90, 80], [1, 2]), StartPlan(), np.array([100 * DAY])).places.tolist() == []


def test_who_qualified_exactly_so_many_days_before_the_start_is_recent() -> None:
    of = in_stock([60, 60], [30, 30.001])

    assert of.released_by(StartPlan(None, Stock.RECENT, 30)).tolist() == [True, False]


def test_who_stands_exactly_at_the_threshold_is_standing() -> None:
    assert in_stock([50, 49], [1, 1]).released_by(StartPlan(None, Stock.STANDING)).tolist() == [True, False]


@pytest.mark.parametrize("per_day", [0, -1, 1_000_001])
def test_a_plan_of_nobody_a_day_is_refused(per_day: int) -> None:
    with pytest.raises(StartPlanRefused, match=r"of the stock a working day\. Write 1 to 1,000,000 a day"):
        StartPlan(None, Stock.STANDING, None, per_day)


# A demo is 30 points, and the threshold.

DEMO = Criterion("demo", "Asked for a demo", Category.ACTIONS, 30, ActivityMatch(ActivityCondition(("demo",))))
OUT = Criterion("out", "Left", Category.UNDESIRABLES, 0, ActivityMatch(ActivityCondition(("left",))), disqualify=True)
DEMOS = Definition("demos", 30, (DEMO, OUT), half_life_days=10.0)


def lead(lead_id: str, *did: tuple[float, str]) -> Lead:
    return Lead(lead_id, 0, {}, tuple(Activity(round(day * DAY), kind) for day, kind in did))


def test_a_look_at_the_very_start_is_not_before_it() -> None:
    assert len(stock_of([lead("a", (20, "demo"))], DEMOS, 20 * DAY)) == 0
    assert len(stock_of([lead("a", (20, "demo"))], DEMOS, 20 * DAY + 1)) == 1


def test_who_has_faded_is_in_stock_with_the_score_of_the_start() -> None:
    of = stock_of([lead("a", (20, "demo"))], DEMOS, 30 * DAY)

    assert (of.score.tolist(), of.age_days.tolist(), of.standing.tolist()) == ([15], [10], [False])


def test_who_is_disqualified_by_the_start_is_not_in_stock() -> None:
    gone = lead("a", (20, "demo"), (21, "left"))

    assert len(stock_of([gone], DEMOS, 21 * DAY)) == 0
    assert len(stock_of([gone], DEMOS, 21 * DAY - 1)) == 1


def test_a_gate_that_has_shut_by_the_start_is_shut() -> None:
    floor = replace(DEMOS, minimums=((Category.ACTIONS, 20.0),))

    assert len(stock_of([lead("a", (20, "demo"))], floor, 25 * DAY)) == 1
    assert len(stock_of([lead("a", (20, "demo"))], floor, 30 * DAY)) == 0


# Who comes by itself.

START = 40 * WEEK
WEEKS = WEEK // DAY


def rates(leads: list[Lead], handed_over_at: list[int] | None = None) -> list[float]:
    never = [NEVER] * len(leads) if handed_over_at is None else handed_over_at
    hits = HitIndex(history_of(leads)).hits(DEMOS)
    return [float(share) for share in awakened_a_week(hits, DEMOS, np.array(never, dtype=np.int64), START)]


def test_a_lead_that_asks_once_a_month_comes_in_one_week_of_four() -> None:
    # In stock since week 2, and a demo again in the middle of every fourth week.
    monthly = lead("a", *((week * WEEKS + 3, "demo") for week in range(2, 40, 4)))

    shares = rates([monthly])

    # Of 26, 25, ... starts that have seen their first, second, ... week, each has its first demo in one of four.
    assert shares[:4] == pytest.approx([7 / 26, 6 / 25, 6 / 24, 6 / 23], abs=0.03)
    assert shares[4:] == [0.0] * 4


def test_who_was_handed_over_before_a_start_was_in_no_stock_then() -> None:
    asks = lead("a", (14, "demo"), (START / DAY - 4, "demo"))
    still = lead("b", (14, "demo"))

    both = rates([asks, still])
    one = rates([asks, still], [START - 2 * WEEK, NEVER])

    assert both[0] == pytest.approx(1 / 52)
    assert one[0] == 0.0


def test_without_a_stock_nobody_can_say() -> None:
    assert np.isnan(rates([lead("a")])).all()
