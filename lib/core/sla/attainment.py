"""How the promises were kept, as counts and times: attainment, velocity, who waits, and what a quick answer brings."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import NEVER, Column, Mask
from lib.core.folding import one_spelling
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.handoffs.reps import owner_id
from lib.core.sla.clocks import Answer, Clock, ClockState, Responses, by_calendar
from lib.core.sla.promises import Policy
from lib.core.sla.working_time import HOUR, MINUTE, Microseconds, elapsed
from lib.core.statistics.rates import Rate, rate
from lib.core.time.clock import day_of, day_start, week_of
from lib.core.time.window import Window


class SlaGroup(StrEnum):
    """What attainment is looked at by."""

    OWNER = "owner"
    TEAM = "team"
    CHANNEL = "channel"
    WEEK = "week"


def handed_over_in(handoffs: Handoffs, window: Window) -> Handoffs:
    """The hand-offs handed over in the window's days."""
    zone = ZoneInfo(window.zone)
    first, last = day_start(window.start, zone), day_start(window.end, zone)
    return handoffs.take((handoffs.mql_at >= first) & (handoffs.mql_at < last))


def group_of(responses: Responses, group: SlaGroup) -> Column:
    """The column a grouping looks at; a week is its first day in the reporting time zone, `2026-03-02`."""
    match group:
        case SlaGroup.OWNER:
            return responses.handoffs.owner
        case SlaGroup.CHANNEL:
            return responses.handoffs.channel
        case SlaGroup.TEAM:
            teams = one_spelling(Column.of(pa.array([*(rep.team for rep in responses.reps), None], pa.string())))
            return Column(teams.codes[responses.rep], teams.values)
        case SlaGroup.WEEK:
            return _weeks(responses.handoffs, responses.policy)


def _weeks(handoffs: Handoffs, policy: Policy) -> Column:
    if not len(handoffs):
        return Column.of(pa.array([], pa.string()))
    zone = ZoneInfo(policy.time_zone)
    first = week_of(day_of(int(handoffs.mql_at.min()), zone), policy.week_starts)
    weeks = (day_of(int(handoffs.mql_at.max()), zone) - first).days // 7 + 1
    firsts = [first + timedelta(weeks=n) for n in range(weeks)]
    starts = np.array([day_start(first_day, zone) for first_day in firsts], dtype=np.int64)
    codes = starts.searchsorted(handoffs.mql_at, side="right") - 1
    return Column(codes.astype(np.int32), pa.array([first_day.isoformat() for first_day in firsts], pa.string()))


# Attainment and velocity.


@dataclass(frozen=True, slots=True)
class Velocity:
    """How long an answer takes, in working hours since the clock started.

    `median_hours` and `p90_hours` are Kaplan–Meier's: `waiting` hand-offs count for as long as they
    have waited, and the answer is None while too few are `answered` to say. `naive_median_hours` looks at those
    answered only, and so says too little whenever the slow ones are still open; None when none is.
    """

    answered: int
    waiting: int
    median_hours: float | None
    p90_hours: float | None
    naive_median_hours: float | None


@dataclass(frozen=True, slots=True)
class Attainment:
    """How one promise was kept for a group (None: the blank one, or all together).

    Of `by_day_only` the days alone that are known do not tell; they are counted beside, and in no hours.
    """

    group: str | None
    handoffs: int
    met: int
    breached: int
    due: int
    overdue: int
    by_day_only: int
    velocity: Velocity

    @property
    def judged(self) -> int:
        """Those the promise has been kept or broken for."""
        return self.met + self.breached + self.overdue

    @property
    def share(self) -> float | None:
        """Met ÷ judged; None when nothing was."""
        return self.met / self.judged if self.judged else None

    @property
    def rate(self) -> Rate:
        """The same with its Wilson 95 % interval; of fewer than 10, the counts alone."""
        return rate(self.met, self.judged)


def attainment(responses: Responses, answer: Answer, group: Column | None = None) -> tuple[Attainment, ...]:
    """How a promise was kept: all together, or by a column (h,), by name and the blank group last."""
    clock = responses.clock(answer)
    groups = iter([(None, np.arange(len(responses)))]) if group is None else by_name(group)
    return tuple(_attainment(name, clock, rows) for name, rows in groups)


def by_name(group: Column) -> Iterator[tuple[str | None, npt.NDArray[np.int64]]]:
    """The groups that occur, by name, and each one's rows, ascending; blank texts are one group, None, and the last."""
    names = [text.strip() for text in group.values.to_pylist()]
    distinct = sorted({name for name in names if name})
    place = {name: n for n, name in enumerate(distinct)}
    blank = len(distinct)
    of_row = np.array([*(place.get(name, blank) for name in names), blank], dtype=np.int64)[group.codes]
    rows = np.argsort(of_row, kind="stable")
    there, begins = np.unique(of_row[rows], return_index=True)
    ends = [*begins[1:].tolist(), len(rows)][: len(begins)]
    for n, first, last in zip(there.tolist(), begins.tolist(), ends, strict=True):
        yield (None if n == blank else distinct[n]), rows[first:last]


def _attainment(name: str | None, clock: Clock, rows: npt.NDArray[np.int64]) -> Attainment:
    counts = np.bincount(clock.state[rows], minlength=len(ClockState)).tolist()
    timed = rows[clock.exact[rows]]
    return Attainment(
        group=name,
        handoffs=len(rows),
        met=counts[ClockState.MET],
        breached=counts[ClockState.BREACHED],
        due=counts[ClockState.DUE],
        overdue=counts[ClockState.OVERDUE],
        by_day_only=counts[ClockState.BY_DAY_ONLY],
        velocity=velocity(clock.time[timed], clock.answered[timed]),
    )


@dataclass(frozen=True, eq=False)
class Curve:
    """The share still unanswered after so many working hours: a step down at each of `hours` (k,) to `share` (k,).

    `low95` and `high95` (k,) are Greenwood's 95 % interval on the log-log scale,
    the share itself where that is undefined: while nobody has answered, and once all have.
    """

    hours: npt.NDArray[np.float64]
    share: npt.NDArray[np.float64]
    low95: npt.NDArray[np.float64]
    high95: npt.NDArray[np.float64]

    def reached(self, share: float) -> float | None:
        """After how many hours the share is this low, None when it never is."""
        # A product of fractions may miss a half by its last digit.
        low = np.flatnonzero(self.share <= share + 1e-9)
        return float(self.hours[low[0]]) if low.size else None


def still_unanswered(time: Microseconds, answered: Mask) -> Curve:
    """Kaplan and Meier's curve (1958), as SciPy has it: what is not answered counts for as long as it has waited."""
    from scipy.stats import CensoredData, ecdf  # Half a second to load, for those who need it.

    if not time.size:
        return Curve(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0))
    curve = ecdf(CensoredData(uncensored=time[answered] / HOUR, right=time[~answered] / HOUR)).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Where it is undefined SciPy says so in a warning and with NaN.
        warnings.simplefilter("ignore", RuntimeWarning)
        band = curve.confidence_interval(method="log-log")
    low95, high95 = (
        np.where(np.isnan(edge.probabilities), curve.probabilities, edge.probabilities)
        for edge in (band.low, band.high)
    )
    return Curve(curve.quantiles, curve.probabilities, low95, high95)


def velocity(time: Microseconds, answered: Mask) -> Velocity:
    """How long an answer takes, from working times (h,) and whether each ended in one (h,)."""
    curve = still_unanswered(time, answered)
    return Velocity(
        answered=int(answered.sum()),
        waiting=int((~answered).sum()),
        median_hours=curve.reached(0.5),
        p90_hours=curve.reached(0.1),
        naive_median_hours=float(np.median(time[answered])) / HOUR if answered.any() else None,
    )


# How long it takes until somebody has it.


@dataclass(frozen=True, slots=True)
class Delay:
    """The system delay of a group: wall-clock hours from the hand-over to the first assignment.

    `assigned` of the `handoffs` have been, and the hours are theirs: None where nobody is known to the instant.
    """

    group: str | None
    handoffs: int
    assigned: int
    median_hours: float | None
    p90_hours: float | None


def system_delay(handoffs: Handoffs, group: Column) -> tuple[Delay, ...]:
    """The system delay by a column (h,), by name and the blank group last."""
    assigned = handoffs.assigned_at != NEVER
    exact = (handoffs.mql_until == handoffs.mql_at) & (handoffs.assigned_until == handoffs.assigned_at)
    hours = np.where(assigned & exact, handoffs.assigned_at - handoffs.mql_at, 0) / HOUR
    found = []
    for name, rows in by_name(group):
        timed = hours[rows[(assigned & exact)[rows]]]
        median, ninth = np.percentile(timed, [50, 90]).tolist() if timed.size else (None, None)
        found.append(Delay(name, len(rows), int(assigned[rows].sum()), median, ninth))
    return tuple(found)


# Who waits.


@dataclass(frozen=True, slots=True)
class Waiting:
    """One open hand-off: how long it has waited in working hours, and how many are left.

    `left_hours` is negative when overdue; it and `due_at` are None where nothing
    is promised. `row` is its place among the hand-offs.
    """

    row: int
    handoff_id: str
    lead_id: str
    owner: str | None
    waited_hours: float
    due_at: int | None
    left_hours: float | None
    state: ClockState


@dataclass(frozen=True, slots=True)
class Aging:
    """The open hand-offs, the one that has waited longest first, and how long that and the 90th percentile are."""

    waiting: tuple[Waiting, ...]
    oldest_hours: float | None
    p90_hours: float | None


def aging(responses: Responses, answer: Answer = Answer.DECISION) -> Aging:
    """Who waits for a decision (or among the open ones for a first touch), longest first."""
    clock, handoffs = responses.clock(answer), responses.handoffs
    open_ones = np.flatnonzero(handoffs.open & ~clock.answered)
    rows = open_ones[np.lexsort((handoffs.mql_at[open_ones], -clock.time[open_ones]))]
    left = time_left(responses, answer)
    waited = clock.time[rows] / HOUR
    return Aging(
        waiting=tuple(
            Waiting(
                row=row,
                handoff_id=handoffs.handoff_id(row),
                lead_id=handoffs.lead_id[row].as_py(),
                owner=owner_id(handoffs.owner.text(row)),
                waited_hours=hours,
                due_at=None if clock.due_at[row] == NEVER else int(clock.due_at[row]),
                left_hours=None if clock.due_at[row] == NEVER else int(left[row]) / HOUR,
                state=ClockState(int(clock.state[row])),
            )
            for row, hours in zip(rows.tolist(), waited.tolist(), strict=True)
        ),
        oldest_hours=float(waited[0]) if waited.size else None,
        p90_hours=float(np.percentile(waited, 90)) if waited.size else None,
    )


def time_left(responses: Responses, answer: Answer = Answer.DECISION) -> Microseconds:
    """Working time from now to when each is due, negative after it, NEVER where nothing is promised; shape (h,)."""
    due_at, now = responses.clock(answer).due_at, np.full(len(responses), responses.handoffs.as_of)
    return by_calendar(
        responses.policy,
        responses.calendar,
        lambda of, rows: elapsed(of, now[rows], due_at[rows]) - elapsed(of, due_at[rows], now[rows]),
        due_at != NEVER,
    )


def inbox(responses: Responses, owner: str) -> tuple[Waiting, ...]:
    """The open hand-offs of an owner (the empty text: of nobody), by time left, those without a promise last."""
    mine = [one for one in aging(responses).waiting if one.owner == owner_id(owner)]
    return tuple(sorted(mine, key=lambda one: (one.left_hours is None, one.left_hours or 0.0, one.handoff_id)))


# What a quick answer brings.

BANDS: tuple[tuple[str, int], ...] = (
    ("5 min", 5 * MINUTE),
    ("15 min", 15 * MINUTE),
    ("1 h", HOUR),
    ("4 h", 4 * HOUR),
    ("24 h", 24 * HOUR),
    ("later", NEVER - 1),
    ("never", NEVER),
)
"""How long customers wait for a first touch: the names of the bands, and their upper bounds, which are included."""


@dataclass(frozen=True, slots=True)
class Published:
    """What others found: so many times likelier to qualify the lead within the hour, tried by such a share of firms."""

    times_likelier: float
    tried_within_the_hour: float
    source: str


PUBLISHED = Published(
    times_likelier=7.0,
    tried_within_the_hour=0.37,
    source="Oldroyd, McElheran and Elkington, The Short Life of Online Sales Leads, Harvard Business Review, 2011",
)


@dataclass(frozen=True, slots=True)
class ResponseBand:
    """The hand-offs a customer of which waited so long for a first touch, and what became of them."""

    band: str
    handoffs: int
    accepted: int
    sql: int
    won: int

    @property
    def sql_rate(self) -> Rate:
        return rate(self.sql, self.handoffs)


def response_bands(responses: Responses) -> tuple[ResponseBand, ...]:
    """What became of the hand-offs by the wall-clock time to the first touch; every band, the empty ones too.

    Those of which either is known by its day alone are in none.
    """
    handoffs = responses.handoffs
    band = np.array([most for _, most in BANDS]).searchsorted(responses.customer_time, side="left")

    def count(which: Mask) -> list[int]:
        return [int(n) for n in np.bincount(band[which & responses.touch_exact], minlength=len(BANDS))]

    every, accepted = np.ones(len(band), dtype=np.bool_), handoffs.decision == Decision.ACCEPTED
    columns = (count(every), count(accepted), count(handoffs.sql_at != NEVER), count(handoffs.won_at != NEVER))
    return tuple(ResponseBand(name, *counts) for (name, _), *counts in zip(BANDS, *columns, strict=True))


@dataclass(frozen=True, slots=True)
class WithinTheHour:
    """Our own figures beside the published ones: SQLs of those touched within the hour, and of those touched later."""

    tried: Rate
    sql_within: Rate
    sql_later: Rate

    @property
    def times_likelier(self) -> float | None:
        """None where either rests on too little, or nobody touched later became an SQL."""
        soon, late = self.sql_within.share, self.sql_later.share
        return soon / late if soon is not None and late else None


def within_the_hour(responses: Responses) -> WithinTheHour:
    """What the published study measured, measured here."""
    sql, touched = responses.handoffs.sql_at != NEVER, (responses.customer_time != NEVER) & responses.touch_exact
    soon = touched & (responses.customer_time <= HOUR)
    late = touched & ~soon
    return WithinTheHour(
        tried=rate(int(soon.sum()), int(responses.touch_exact.sum())),
        sql_within=rate(int((sql & soon).sum()), int(soon.sum())),
        sql_later=rate(int((sql & late).sum()), int(late.sum())),
    )
