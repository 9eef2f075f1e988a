"""What the Review and Acceptance pages ask of the database and the core: 1 million leads, 150,000 hand-offs, 500 ms."""

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from lib.app.access.granting import claimed
from lib.config.folder import read_folder
from lib.core.definition.criteria import Definition
from lib.core.funnel import cohorts, costs, differences, goals, rejections
from lib.core.handoffs import choosing
from lib.core.handoffs.choosing import Became, Group
from lib.core.leads.history import History
from lib.core.sla.clocks import with_due
from lib.core.sla.promises import Policy
from lib.core.time.clock import default_window, parse_instant
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.sample.invention import invent
from lib.store.database import Database, opened
from lib.store.exchange.appending import append_tables
from lib.store.funnel.goals import targets
from lib.store.funnel.totals import spends
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.handoffs.problems import load_problems
from lib.store.leads.history import load_history
from lib.store.sla.responses import load_reps

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Europe/Madrid")
END = parse_instant("2026-11-23", ZONE)

DAY = 86_400_000_000

INVENTED = 50_000
LEADS_TIMES = 20
HANDOFFS_TIMES = 10
"""Fifty thousand invented leads make 15,000 hand-offs; copies of them make the sizes of the design."""

PAGE_MILLISECONDS = 500.0
RUNS = 5

Measured = tuple[str, float, float]


def run() -> list[Measured]:
    """Name, median milliseconds and target of each page's queries, from nothing and together."""
    config = read_folder(ROOT / "config")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        with opened(path, first_definition=config.definition_text, clock=END) as database:
            fill(database, config.definition)
            # The app has the leads in memory for the Tune page already.
            history = load_history(database)
            reasons = [reason.code for reason in config.answers.reasons]
            number = f"{len(load_handoffs(database, END)):,} hand-offs"
            works: dict[str, Callable[[], object]] = {
                f"{number} as of now": lambda: load_handoffs(database, END),
                f"{number} as of a day ago, derived from their events": lambda: load_handoffs(database, END - DAY),
                "Review, every query": lambda: review(database, history, config.policy, reasons),
                "Acceptance, every query": lambda: acceptance(database, history, config.policy, config.definition),
            }
            return [(name, timed(work), PAGE_MILLISECONDS) for name, work in works.items()]


def fill(database: Database, definition: Definition) -> None:
    """Leads without activities, which neither page reads, and their hand-offs."""
    tables = invent(INVENTED, 1, END, definition, ZONE)
    tables["lead"] = copies(tables["lead"], LEADS_TIMES)
    tables["handoff_event"] = copies(tables["handoff_event"], HANDOFFS_TIMES).sort_by("occurred_at")
    append_tables(
        database, {name: table for name, table in tables.items() if name != "activity"}, by=claimed(name="bench")
    )


def copies(table: pa.Table, times: int) -> pa.Table:
    """The rows so many times, each time with ids of their own."""
    keys = [name for name in table.column_names if name in ("lead_id", "event_id")]
    some = []
    for copy in range(times):
        copied = table
        for key in keys:
            ids = pc.binary_join_element_wise(table[key], str(copy), "-")
            copied = copied.set_column(copied.column_names.index(key), key, ids)
        some.append(copied)
    return pa.concat_tables(some)


def review(database: Database, history: History, policy: Policy, reasons: list[str]) -> None:
    """Figures, funnel, trend, changes, costs, what does not close, what is wrong with the data."""
    handoffs = with_due(load_handoffs(database, END), history, load_reps(database), policy)
    window = Window(*default_window(END, ZONE), ZONE.key)
    week = Window(window.end - timedelta(weeks=1), window.end, ZONE.key)
    week_before = Window(week.start - timedelta(weeks=1), week.start, ZONE.key)
    totals = costs.lead_totals(history, window, By.MONTH, END, None)
    cohorts.funnel(handoffs, window, sum(total.leads for total in totals))
    cohorts.cohorts(handoffs, window, By.WEEK)
    cohorts.period_conversion(handoffs, window, By.WEEK)
    cohorts.period_conversion(handoffs, window, By.MONTH)
    cohorts.waiting(handoffs)
    differences.changes(handoffs, week_before, week)
    costs.costs(handoffs, window, spends(database), totals)
    differences.closing(handoffs, window, handoffs.source)
    for metric in ("mql", "sal", "sql"):
        goals.goal_progress(handoffs, metric, targets(database, metric), ZONE, ())
    load_problems(database, END, reasons)


def acceptance(database: Database, history: History, policy: Policy, definition: Definition) -> None:
    """Acceptance by cohort and by every grouping, calibration, rejections, the leads behind a bar."""
    handoffs = with_due(load_handoffs(database, END), history, load_reps(database), policy)
    window = Window(*default_window(END, ZONE), ZONE.key)
    cohorts.cohorts(handoffs, window, By.WEEK)
    levels = choosing.title_levels(handoffs, history, definition)
    groups = [choosing.group_of(handoffs, group) for group in (Group.CHANNEL, Group.SOURCE, Group.OWNER)]
    for group in (*groups, levels):
        differences.standings(handoffs, window, group)
    differences.calibration(handoffs, window)
    rejections.rejections(handoffs, window)
    rejections.rejections(handoffs, window, By.WEEK)
    choosing.behind(handoffs, window, Became.REJECTED, [(handoffs.source, "webinar")])


def timed(work: Callable[[], object]) -> float:
    """The median of several runs in milliseconds, after one that loads what is loaded once."""
    work()
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken)
