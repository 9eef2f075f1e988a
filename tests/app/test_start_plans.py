"""From its start a version hands over who reaches the threshold, and of the stock what its start plan releases; the
version before is routed one last time; and it makes no difference when or how often that is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pyarrow.csv import read_csv

from lib.app import agreed
from lib.app.deployment import Deployment
from lib.app.handing_over import Run, hand_over
from lib.config.definition import write_definition
from lib.config.folder import read_folder
from lib.core.access.people import Side
from lib.core.agreement.agreement import AT_ONCE, Agreement
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.handoffs.routing import Narrowed, Way
from lib.core.handoffs.start_plan import StartPlan, Stock
from lib.core.sla.promises import DEFAULT_CALENDAR
from lib.core.sla.working_time import openings
from lib.core.time.clock import MICROSECONDS_PER_DAY as DAY
from lib.core.time.clock import parse_instant
from lib.store.agreement.audit import load_entries, verify
from lib.store.database import open_database
from lib.store.handoffs.handoffs import load_handoffs
from tests.conftest import ROOT
from tests.grants import ANYTHING, BY_TEST, somebody

CONFIG = read_folder(ROOT / "config")
TOM, INES = somebody("Tom", Side.MARKETING), somebody("Ines", Side.SALES)
DEMO = Criterion("demo", "Demo", Category.ACTIONS, 30, ActivityMatch(ActivityCondition(("demo",))))
TWICE = Definition("twice", 55, (DEMO,), half_life_days=60.0)
ONCE = TWICE.with_threshold(30)

FIRST = parse_instant("2026-03-01T00:00:00Z", ZoneInfo("UTC"))
"""A Sunday; day 1. Working days are Monday to Friday, from 9 o'clock (8 in UTC)."""

Demos = list[tuple[str, int]]


def day(number: float) -> int:
    return FIRST + round((number - 1) * DAY)


class World:
    """A database of its own, on whatever day the test says it is."""

    def __init__(self, folder: Path, demos: Demos) -> None:
        self.folder, self.today = folder, 1.0
        database = open_database(folder / "h.duckdb", first_definition=write_definition(TWICE), clock=day(1))
        self.deployment = Deployment(CONFIG, database, lambda: day(self.today))
        leads = sorted({lead for lead, _ in demos})
        self.load("lead", "lead_id,created_at\n" + "\n".join(f"{lead},2026-03-01T00:00:00Z" for lead in leads))
        self.demos(demos)

    def load(self, kind: str, text: str) -> None:
        path = self.folder / f"{kind}.csv"
        path.write_text(text + "\n")
        # Not imported: what lies ahead of this world's first day would be held aside.
        with self.deployment.database.write(*ANYTHING) as cursor:
            # The database reaches no file.
            cursor.register("written", read_csv(path))
            cursor.execute(f"insert into {kind} by name from written")
            cursor.unregister("written")

    def demos(self, demos: Demos) -> None:
        rows = [f"{lead}-{n},{lead},2026-03-{n:02}T10:00:00Z,demo" for lead, n in demos]
        self.load("activity", "activity_id,lead_id,occurred_at,kind\n" + "\n".join(rows))

    def sign(self, on: float, definition: Definition, plan: StartPlan = AT_ONCE) -> None:
        self.today = on
        version = agreed.propose(self.deployment, Agreement(definition, plan), TOM, reason="Try", replaces=None)
        for by in (TOM, INES):
            agreed.sign(self.deployment, version.number, version.sha256, by)

    def route(self, on: float, **how: object) -> Run:
        # Whatever day the data ended.
        then = Deployment(CONFIG, self.deployment.database, lambda: day(on), day(on))
        return hand_over(then, BY_TEST, as_of=day(on), **how)  # type: ignore[arg-type]

    def handed_over(self, on: float, **how: object) -> list[tuple[str, Way]]:
        return [(one.lead_id, one.way) for one in self.route(on, **how).handed_over]

    def everybody(self) -> set[tuple[str, int]]:
        """Who was handed over, and by which version."""
        handoffs = load_handoffs(self.deployment.database, day(400))
        return set(zip(handoffs.lead_id.to_pylist(), handoffs.definition_version.tolist(), strict=True))


@contextmanager
def world_of(demos: Demos) -> Iterator[World]:
    with TemporaryDirectory() as folder:
        world = World(Path(folder), demos)
        try:
            yield world
        finally:
            world.deployment.database.close()


@pytest.fixture
def a_world() -> Iterator[Callable[[Demos], World]]:
    """Makes a world in which these leads ask for a demo at 10 o'clock of these days."""
    open_ones = []

    def made(demos: Demos) -> World:
        opened = world_of(demos)
        open_ones.append(opened)
        return opened.__enter__()

    yield made
    for one in open_ones:
        one.__exit__(None, None, None)


MakeWorld = Callable[[Demos], World]


def test_the_first_run_begins_the_handing_over_names_the_stock_and_hands_over_nobody(a_world: MakeWorld) -> None:
    world = a_world([("old", 2), ("old", 3), ("short", 3)])

    rehearsed = world.route(10, dry_run=True)
    run = world.route(10)

    assert (run.handed_over, run.switched_on) == ((), 1)
    assert run.begins_in_words("noon") == (
        "Handing over begins as of noon, under version 1. 1 lead that reached the threshold before has "
        "never been handed over: that is the stock, and none of it is handed over until it does something new. A "
        "version that both sides sign can release more of it: its start plan says what."
    )
    assert rehearsed == run
    (entry,) = load_entries(world.deployment.database, "switched_on")
    assert (entry.at, entry.who, entry.detail) == (
        day(10),
        "test",
        '{"by":{"proof":"claimed"},"stock":1,"version":1}',
    )
    assert world.everybody() == set()
    verify(world.deployment.database)


def test_from_then_on_whoever_reaches_the_threshold_is_handed_over(a_world: MakeWorld) -> None:
    world = a_world([("old", 2), ("old", 3), ("new", 9), ("new", 12)])
    world.route(10)

    assert world.handed_over(14) == [("new", Way.FIRST)]
    assert world.handed_over(15) == []


def test_by_a_signed_version_nothing_of_the_stock_is_handed_over_by_default(a_world: MakeWorld) -> None:
    world = a_world([("old", 2), ("new", 12)])
    world.sign(10, ONCE)

    assert world.handed_over(14) == [("new", Way.FIRST)]
    assert world.handed_over(200) == []


def test_a_lead_that_reaches_the_threshold_at_the_very_start_is_the_new_versions(a_world: MakeWorld) -> None:
    world = a_world([("at", 10), ("before", 9)])
    start = day(10) + DAY * 10 // 24
    world.sign(8, ONCE, StartPlan(start))

    assert world.handed_over(12) == [("at", Way.FIRST)]


def test_one_of_the_stock_that_does_something_new_is_awakened(a_world: MakeWorld) -> None:
    world = a_world([("old", 2), ("old", 12)])
    world.sign(10, ONCE)

    assert world.handed_over(11) == []
    assert world.handed_over(14) == [("old", Way.AWAKENED)]


def test_something_new_that_falls_short_of_the_threshold_awakens_nobody(a_world: MakeWorld) -> None:
    # Two demos at once are 60 points; half a year later they are 8, and one more makes 38.
    world = a_world([("old", 2), ("old", 2), ("low", 2)])
    world.load("activity", "activity_id,lead_id,occurred_at,kind\nx,old,2026-03-02T10:00:00Z,demo")
    world.sign(180, TWICE)
    world.load("activity", "activity_id,lead_id,occurred_at,kind\ny,old,2026-09-01T10:00:00Z,demo")

    assert world.handed_over(190) == []


def test_the_version_before_is_routed_one_last_time_up_to_the_start(a_world: MakeWorld) -> None:
    world = a_world([("two", 11), ("two", 12), ("one", 12), ("late", 15)])
    world.route(10)
    world.sign(13, ONCE)

    run = world.route(16)

    assert [(one.lead_id, one.way) for one in run.handed_over] == [("two", Way.FIRST), ("late", Way.FIRST)]
    assert (run.by_before, run.version) == (1, 2)
    assert world.everybody() == {("two", 1), ("late", 2)}


def test_who_the_version_before_qualified_is_not_in_stock(a_world: MakeWorld) -> None:
    world = a_world([("two", 11), ("two", 12), ("one", 12)])
    world.route(10)
    world.sign(13, ONCE.with_threshold(20), StartPlan(None, Stock.STANDING, None, 5))

    world.route(40)

    assert world.everybody() == {("two", 1), ("one", 2)}


def test_the_stock_is_released_best_first_so_many_a_working_day_also_for_days_missed(a_world: MakeWorld) -> None:
    # Day 9 is a Monday. The younger the demo, the more is left of its points.
    world = a_world([("a", 2), ("b", 3), ("c", 4), ("d", 5), ("e", 6)])
    world.sign(9, ONCE.with_threshold(20), StartPlan(None, Stock.STANDING, None, 2))

    assert world.handed_over(9.2, dry_run=True) == []
    assert world.handed_over(9.5) == [("e", Way.STOCK), ("d", Way.STOCK)]
    assert world.handed_over(9.9) == []
    assert world.handed_over(12) == [("c", Way.STOCK), ("b", Way.STOCK), ("a", Way.STOCK)]
    assert world.handed_over(40) == []


def test_nobody_is_released_on_a_weekend(a_world: MakeWorld) -> None:
    # Day 7 is a Saturday.
    world = a_world([("a", 2)])
    world.sign(7, ONCE.with_threshold(20), StartPlan(None, Stock.RECENT, 30, 2))

    assert world.handed_over(8.9) == []
    assert world.handed_over(9.5) == [("a", Way.STOCK)]


def test_who_is_awakened_before_its_turn_leaves_its_place_empty(a_world: MakeWorld) -> None:
    world = a_world([("a", 2), ("b", 3), ("c", 4), ("b", 9)])
    world.sign(9, ONCE.with_threshold(20), StartPlan(None, Stock.STANDING, None, 1))

    # Signed at midnight: b's demo of that day is a hit after the start.
    assert world.handed_over(9.9) == [("b", Way.AWAKENED), ("c", Way.STOCK)]
    assert world.handed_over(10.9) == []
    assert world.handed_over(11.9) == [("a", Way.STOCK)]


def test_a_run_can_be_narrowed_and_the_rest_comes_with_the_next(a_world: MakeWorld) -> None:
    world = a_world([("a", 2), ("b", 3), ("c", 10), ("d", 11)])
    world.sign(9, ONCE.with_threshold(20), StartPlan(None, Stock.STANDING, None, 5))

    newest = world.handed_over(12, whom=Narrowed(newest=1))
    first = world.handed_over(12, whom=Narrowed(frozenset({Way.FIRST})))
    rest = world.handed_over(12)

    assert newest == [("d", Way.FIRST)]
    assert first == [("c", Way.FIRST)]
    assert rest == [("b", Way.STOCK), ("a", Way.STOCK)]


def test_why_a_lead_came_is_kept_with_it(a_world: MakeWorld) -> None:
    world = a_world([("old", 2), ("woken", 3), ("woken", 10)])
    world.sign(9, ONCE.with_threshold(20), StartPlan(None, Stock.STANDING, None, 5))
    world.route(12)

    with world.deployment.database.cursor() as cursor:
        kept = cursor.execute(
            "select lead_id, detail ->> 'way' from handoff_event where kind = 'mql' order by lead_id"
        ).fetchall()
    (entry,) = load_entries(world.deployment.database, "routed")
    assert kept == [("old", "stock"), ("woken", "awakened")]
    assert '"awakened":1' in entry.detail
    assert '"stock":1' in entry.detail


def test_working_days_begin_when_work_does_and_the_first_not_before_the_start() -> None:
    calendar = CONFIG.policy.calendar(DEFAULT_CALENDAR)

    # From Friday, 13 March, 13:00 in Madrid (work ends at 15:00), over a weekend, to Tuesday morning.
    found = openings(calendar, day(13.5), day(17.4))

    assert found.tolist() == [day(13.5), day(16) + DAY * 8 // 24, day(17) + DAY * 8 // 24]
    assert openings(calendar, day(13.7), day(15.9)).tolist() == []


LEADS = "abcdefgh"

some_demos = st.lists(st.tuples(st.sampled_from(LEADS), st.integers(1, 28)), max_size=20, unique=True)
some_plans = st.one_of(
    st.just(AT_ONCE),
    st.builds(StartPlan, st.none(), st.just(Stock.STANDING), st.none(), st.none() | st.integers(1, 2)),
    st.builds(StartPlan, st.none(), st.just(Stock.RECENT), st.integers(1, 20), st.none() | st.integers(1, 2)),
)


# Found slowly: what fails is not made smaller.
@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(some_demos, some_plans, some_plans, st.lists(st.integers(16, 33), max_size=6))
def test_any_schedule_of_runs_hands_over_the_same_leads_by_the_same_versions(
    demos: Demos, plan: StartPlan, next_plan: StartPlan, days: list[int]
) -> None:
    outcomes = []
    for schedule in (range(9, 35), [9, *sorted({*days}), 34]):
        with world_of([*demos, ("z", 1)]) as world:
            signings = {15.3: (ONCE, plan), 22.6: (ONCE.with_threshold(25), next_plan)}
            for on in sorted([*signings, *(n + 0.5 for n in schedule)]):
                if on in signings:
                    world.sign(on, *signings[on])
                else:
                    world.route(on)
            outcomes.append(world.everybody())

    assert outcomes[0] == outcomes[1]
