"""What follows from a draft, after a weight has moved: 20,000 leads, and a million with 150,000 decisions."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from bench.tools import exact
from lib.config.folder import Config, read_folder
from lib.core import arrays
from lib.core.arrays import UNKNOWN, Column
from lib.core.consequences import decisions as decisions_of
from lib.core.consequences import foreseen, learned
from lib.core.consequences import known as consequences_known
from lib.core.handoffs.below_line import line_of
from lib.core.handoffs.customers import no_customers
from lib.core.handoffs.handoffs import Handoffs
from lib.core.handoffs.reps import Rep
from lib.core.leads.changes import NO_CHANGES
from lib.core.leads.history import History
from lib.core.replay import hits as replay_hits
from lib.core.replay import preview
from lib.core.replay.afresh import Afresh, nobody_returned
from lib.core.sla import answering as sla_answering
from lib.core.sla import queueing
from lib.core.sla.clocks import promised_by_lead, respond
from lib.core.time import window as time_window
from lib.core.time.clock import default_window, parse_instant

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Europe/Madrid")
END = parse_instant("2026-11-23", ZONE)
DAY = round(timedelta(days=1).total_seconds() * 1_000_000)

SIZES = ((20_000, 6_000, 150.0, 3_000.0), (1_000_000, 150_000, 500.0, 60_000.0))
"""Leads, decisions, the milliseconds the design allows after a weight, and those of a fit, once for the criteria."""

ACTIVITIES_A_LEAD = 10
WEIGHTS = 7

Measured = tuple[str, float, float]


def run() -> list[Measured]:
    """Name, median milliseconds and target: every number from a new weight on, with no cache that knows it.

    The fit is once for data and criteria, whatever the points, and measured once.
    """
    config = read_folder(ROOT / "config")
    return [measured for size in SIZES for measured in _of_size(config, *size)]


def _of_size(config: Config, leads: int, decisions: int, target: float, limit: float) -> list[Measured]:
    history = invented(leads)
    handoffs = decided(history, decisions)
    reps = [Rep(f"rep-{n}", capacity_per_day=4.0) for n in range(max(12, leads // 1_700))]
    window = time_window.Window(*default_window(END, ZONE), "Europe/Madrid")
    # What does not depend on the draft is known before the weight moves.
    index = replay_hits.HitIndex(history)
    hits = index.hits(config.definition)
    known = consequences_known.evidence(
        handoffs, history, line_of(index, config.definition, handoffs, no_customers(leads))
    )
    criteria = decisions_of.criteria_of_both(config.definition, config.definition)
    first = decisions_of.first_handoffs(index, config.definition, criteria, handoffs)

    begun = time.perf_counter()
    by = learned.learned(first, consequences_known.STAGES, {1: config.definition.threshold})
    fitted = 1_000 * (time.perf_counter() - begun)
    promised = promised_by_lead(config.policy.decision, history)
    pace = queueing.observed_pace(respond(handoffs, history, reps, config.policy))
    weights = iter(range(1, 1_000))

    def acceptance() -> None:
        draft = config.definition.with_points("demo", next(weights) % 30)
        found = foreseen.judged_by(index, draft, by, known, window)
        for stage in consequences_known.Stage:
            found.trade_off(stage)
        found.expected(draft.threshold)

    afresh = Afresh(history, nobody_returned())
    side = preview.side(hits, afresh, config.definition, window.edges(), END)
    arriving, at = sla_answering.would_be_handoffs(side)

    def answering() -> None:
        sla_answering.answering(
            config.definition.threshold,
            at,
            promised.at(arriving, at),
            reps,
            config.policy,
            pace,
            window,
            END,
        )

    size = f"{leads:,} leads, {decisions:,} decisions"
    return [
        (
            f"fit of acceptance, SQLs and wins to {int(first.decided.sum()):,} first hand-offs: {size}",
            fitted,
            limit,
        ),
        (f"acceptance, SQLs and wins at every threshold: {size}", timed(acceptance), target),
        (f"backlog and promise of {len(arriving):,} hand-offs: {size}", timed(answering), target),
    ]


def timed(work: Callable[[], None]) -> float:
    """The median milliseconds of several runs after a first one."""
    work()
    took = []
    for _ in range(WEIGHTS):
        start = time.perf_counter()
        work()
        took.append(1_000 * (time.perf_counter() - start))
    return median(took)


def invented(leads: int) -> History:
    """A year of leads and ten times as many activities that the shipped definition looks for."""
    rng = np.random.default_rng(1)
    count = leads * ACTIVITIES_A_LEAD
    lead = np.sort(rng.integers(0, leads, count))
    created_at = END - rng.integers(0, 365 * DAY, leads)
    at = created_at[lead] + rng.exponential(20 * DAY, count).astype(np.int64)
    at = at[np.lexsort((at, lead))]
    whats = [
        *[("page_view", "/blog")] * 8,
        ("page_view", "/pricing"),
        ("download", "guide"),
        ("webinar_registered", "intro"),
        ("email_click", "news"),
        ("form_submit", "demo"),
    ]

    def field(*values: str | None) -> Column:
        return Column.of(pa.array([values[n] for n in rng.integers(0, len(values), leads)], pa.string()))

    return History(
        lead_id=pa.array([f"{n:07}" for n in range(leads)], pa.string()),
        created_at=created_at,
        fields={
            "title": field("Director", "Manager", "Engineer"),
            "email": field("a@example.com", "b@gmail.com"),
            "first_name": field("Ana"),
            "last_name": field("Ruiz"),
            "employees": field("20", "500", None),
            "channel": field("inbound", "event", "interaction"),
        },
        changes=NO_CHANGES,
        activity_start=np.searchsorted(lead, np.arange(leads + 1)).astype(np.int64),
        activity_at=at,
        activity_what=rng.integers(0, len(whats), count).astype(np.int32),
        activity_amount=np.full(count, np.nan),
        what_kind=pa.array([kind for kind, _ in whats], pa.string()),
        what_subject=pa.array([subject for _, subject in whats], pa.string()),
        watched_since=np.full(leads, arrays.NEVER, dtype=np.int64),
        zone=ZONE.key,
    )


def decided(history: History, decisions: int) -> Handoffs:
    """Hand-offs of some of the leads, all decided some hours later, most of them rejected."""
    rng = np.random.default_rng(2)
    lead = rng.integers(0, history.leads, decisions)
    mql_at = np.minimum(history.created_at[lead] + rng.integers(0, 60 * DAY, decisions), END - DAY)
    order = np.lexsort((lead, mql_at))
    lead, mql_at = lead[order], mql_at[order]
    decided_at = mql_at + rng.integers(0, DAY, decisions)
    accepted = rng.random(decisions) < 0.4
    never = np.full(decisions, arrays.NEVER, dtype=np.int64)
    blank = Column(np.full(decisions, UNKNOWN, dtype=np.int32), pa.array([], pa.string()))
    rep = rng.integers(0, 12, decisions).astype(np.int32)
    everybody = exact.handoffs(
        as_of=END,
        lead_id=history.lead_id.take(pa.array(lead)),
        cycle=np.ones(decisions, dtype=np.int32),
        mql_at=mql_at,
        assigned_at=mql_at.copy(),
        first_touch_at=never,
        decided_at=decided_at,
        decision=np.where(accepted, 1, 2).astype(np.int8),
        reason=blank,
        sql_at=np.where(accepted & (rng.random(decisions) < 0.5), decided_at, never),
        opportunity_at=never,
        won_at=never,
        lost_at=never,
        amount=np.full(decisions, np.nan),
        owner=Column(rep, pa.array([f"rep-{n}" for n in range(12)], pa.string())),
        channel=blank,
        source=blank,
        score=np.full(decisions, np.nan),
        definition_version=np.ones(decisions, dtype=np.int32),
        lead_created_at=history.created_at[lead],
        due_at=never,
        below_line=np.zeros(decisions, dtype=np.bool_),
    )
    return replace(everybody, won_at=np.where(rng.random(decisions) < 0.2, everybody.sql_at, never))


if __name__ == "__main__":
    for name, milliseconds, target in run():
        print(f"{milliseconds:8.1f} ms of {target:,.0f}  {name}")
