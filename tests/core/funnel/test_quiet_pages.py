"""Pages on which nothing differs call something real in at most 5 of 100, however restless the weeks are."""

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from bench.tools import exact
from lib.app.funnel import Grouping
from lib.core.arrays import NEVER, Column
from lib.core.funnel.differences import (
    ACCEPTANCE_FAMILIES,
    Metric,
    calibration,
    changes,
    closing,
    closing_by_deed,
    paces,
    standings,
)
from lib.core.funnel.rejections import criteria_in_decisions
from lib.core.handoffs.choosing import score_bands
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.statistics.rates import Verdict
from lib.core.time.clock import MICROSECONDS_PER_DAY, day_start
from lib.core.time.periods import By
from lib.core.time.window import Window

UTC = ZoneInfo("UTC")
DAY = MICROSECONDS_PER_DAY
LAST = Window(date(2026, 6, 29), date(2026, 7, 6), "UTC")
BEFORE = Window(date(2026, 6, 22), date(2026, 6, 29), "UTC")
AS_OF = day_start(date(2026, 7, 9), UTC) + 10 * 3_600_000_000
WEEKS = 34
REAL = (Verdict.HIGHER, Verdict.LOWER)
ALLOWED = 0.05


def column(codes: npt.NDArray[np.int64], of: int, name: str) -> Column:
    return Column(codes.astype(np.int32), pa.array([f"{name} {n}" for n in range(of)], pa.string()))


def quiet(seed: int, dispersed: float, mean: float = 100.0) -> Handoffs:
    """Weeks of one mean, whose variance is `dispersed` times it; who accepts and who comes depends on nothing."""
    random = np.random.default_rng(seed)
    means = random.gamma(mean / (dispersed - 1), dispersed - 1, WEEKS) if dispersed > 1 else np.full(WEEKS, mean)
    start = day_start(date(2026, 7, 13), UTC) - WEEKS * 7 * DAY
    at = np.sort(
        np.concatenate(
            [start + (week * 7 + random.uniform(0, 7, random.poisson(one))) * DAY for week, one in enumerate(means)]
        ).astype(np.int64)
    )
    at = at[at <= AS_OF]
    n = len(at)
    decided_at = at + (random.exponential(1.5, n) * DAY).astype(np.int64)
    decided = decided_at <= AS_OF
    accepted = decided & (random.random(n) < 0.5)
    sql_at = decided_at + (random.exponential(10, n) * DAY).astype(np.int64)
    sql = accepted & (random.random(n) < 0.5) & (sql_at <= AS_OF)
    won_at = sql_at + (random.exponential(20, n) * DAY).astype(np.int64)
    won = sql & (random.random(n) < 0.3) & (won_at <= AS_OF)
    skewed = np.array([0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05])
    return exact.handoffs(
        as_of=AS_OF,
        lead_id=pa.array([f"l{row}" for row in range(n)], pa.string()),
        cycle=np.ones(n, dtype=np.int32),
        mql_at=at,
        assigned_at=at.copy(),
        first_touch_at=np.full(n, NEVER),
        decided_at=np.where(decided, decided_at, NEVER),
        decision=np.where(accepted, Decision.ACCEPTED, np.where(decided, Decision.REJECTED, Decision.OPEN)).astype(
            np.int8
        ),
        reason=column(np.full(n, -1), 0, "reason"),
        sql_at=np.where(sql, sql_at, NEVER),
        opportunity_at=np.full(n, NEVER),
        won_at=np.where(won, won_at, NEVER),
        lost_at=np.full(n, NEVER),
        amount=np.full(n, np.nan),
        owner=column(random.integers(0, 8, n), 8, "owner"),
        channel=column(random.choice(3, n, p=[0.6, 0.3, 0.1]), 3, "channel"),
        source=column(random.choice(8, n, p=skewed), 8, "source"),
        score=random.normal(75, 10, n).round(),
        definition_version=np.ones(n, dtype=np.int32),
        lead_created_at=at.copy(),
        due_at=np.full(n, NEVER),
        below_line=np.zeros(n, dtype=np.bool_),
    )


def review_names_something(some: Handoffs) -> bool:
    deeds = (np.random.default_rng(len(some)).random((len(some), 6)) < 0.3).astype(np.float64)
    asked = ((Metric.MQL, By.WEEK), (Metric.MQL, By.MONTH), (Metric.SQL, By.MONTH), (Metric.WON, By.MONTH))
    window = Window(date(2026, 1, 5), date(2026, 7, 6), "UTC")
    verdicts = [
        *(one.verdict for one in changes(some, BEFORE, LAST)),
        *(one.verdict for one in paces(some, asked, LAST, ())),
        *(one.comparison.verdict for one in closing(some, window, some.channel)),
        *(one.comparison.verdict for one in closing(some, window, some.source)),
        *(one.comparison.verdict for one in closing_by_deed(some, [str(n) for n in range(6)], deeds)),
    ]
    return any(one in REAL for one in verdicts)


def acceptance_names_something(some: Handoffs, seed: int) -> bool:
    random = np.random.default_rng(seed + 10_000)
    window = Window(date(2026, 1, 5), date(2026, 7, 6), "UTC")
    titles = column(random.integers(0, 4, len(some)), 4, "title")
    points = (random.random((len(some), 12)) < np.linspace(0.05, 0.6, 12)) * 10.0
    ids = [f"criterion {n}" for n in range(12)]
    score = calibration(some, window).separation
    verdicts = [
        *(
            one.comparison.verdict
            for group in (some.channel, some.source, some.owner, titles, score_bands(some))
            for one in standings(some, window, group)
        ),
        *(one.comparison.verdict for one in criteria_in_decisions(some, ids, points)),
    ]
    return any(one in REAL for one in verdicts) or (score.p_value is not None and score.p_value < ALLOWED)


@pytest.mark.slow
@pytest.mark.parametrize("dispersed", [1.0, 3.0, 6.0])
def test_quiet_weeks_are_called_real_in_at_most_5_of_100(dispersed: float) -> None:
    named = np.mean([review_names_something(quiet(seed, dispersed)) for seed in range(300)])

    assert named <= ALLOWED


@pytest.mark.slow
@pytest.mark.parametrize("dispersed", [1.0, 6.0])
def test_acceptance_names_nobody_in_95_of_100_pages_on_which_sales_treats_all_alike(dispersed: float) -> None:
    named = np.mean([acceptance_names_something(quiet(seed, dispersed), seed) for seed in range(300)])

    assert named <= ALLOWED


def test_a_week_of_half_as_many_is_still_seen_where_weeks_are_steady() -> None:
    some = quiet(1, 1.0)
    last = day_start(LAST.start, UTC)
    halved = some.take((some.mql_at < last) | (np.arange(len(some)) % 2 == 0))

    (mql, *_) = changes(halved, BEFORE, LAST, ())

    assert mql.verdict is Verdict.LOWER


def test_who_sales_really_treats_otherwise_is_still_named() -> None:
    some = quiet(2, 3.0)
    webinar = some.source.codes == 2
    unloved = np.where(webinar & some.accepted & (np.arange(len(some)) % 3 != 0), Decision.REJECTED, some.decision)
    object.__setattr__(some, "decision", unloved.astype(np.int8))

    found = {one.cohort.group: one.comparison.verdict for one in standings(some, LAST_HALF_YEAR, some.source)}

    assert found["source 2"] is Verdict.LOWER


LAST_HALF_YEAR = Window(date(2026, 1, 5), date(2026, 7, 6), "UTC")


def test_acceptance_corrects_for_every_family_it_shows() -> None:
    assert len(Grouping) + 2 == ACCEPTANCE_FAMILIES
