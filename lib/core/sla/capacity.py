"""Whether sales can answer a draft's leads: their number against the reps' capacity, and the queue they would make.

The queue is replayed. Would-be hand-offs arrive when they qualify, and are taken up
first come first served by whoever of the reps is free first: a rep takes up one every
1 ÷ capacity of an average working day, on the rep's own calendar. To the wait comes
what the rep then needs, drawn from what the rep was seen to need. docs/decisions/0006 says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from lib.core.definition.matching import leads_meeting
from lib.core.errors import Fault, NotFound
from lib.core.leads.history import History, Instants
from lib.core.replay.preview import Side, Window
from lib.core.replay.replay import NEVER
from lib.core.sla.clocks import NO_PROMISE, Responses, State
from lib.core.sla.promises import DEFAULT_CALENDAR, Calendar, Policy, Rep
from lib.core.sla.working_time import HOUR, MINUTE, Microseconds, Timeline, days_off, timeline
from lib.core.statistics.rates import ENOUGH

RUNS, FEWEST_RUNS, DRAWS = 200, 50, 5_000_000
"""Whole repetitions of the replay, each with a pace drawn anew; fewer where there are more hand-offs to draw for."""

SEED = 1
"""The same figures for the same draft."""

GROWING = 1.0
"""A backlog that grows by less than this a week stays as it is."""


@dataclass(frozen=True, slots=True)
class Load:
    """Leads to answer a working day of the window, against what all reps together can answer in one.

    `capacity_per_working_day` is None when no rep says how much.
    """

    qualified: int
    working_days: int
    weeks: float
    capacity_per_working_day: float | None

    @property
    def per_working_day(self) -> float | None:
        """None in a window without a working day."""
        return self.qualified / self.working_days if self.working_days else None

    @property
    def share(self) -> float | None:
        """Leads ÷ capacity: 1 is all that sales can answer."""
        if self.per_working_day is None or not self.capacity_per_working_day:
            return None
        return self.per_working_day / self.capacity_per_working_day


def load(qualified: int, reps: Sequence[Rep], policy: Policy, window: Window) -> Load:
    """The load of so many leads in a window whose working days are the default calendar's."""
    known = [rep.capacity_per_day for rep in reps if rep.capacity_per_day is not None]
    working_days = working_days_of(policy.calendar(DEFAULT_CALENDAR), window)
    return Load(qualified, working_days, window.length_weeks, sum(known) if known else None)


def capacity_per_week(reps: Sequence[Rep], policy: Policy, window: Window) -> float:
    """The leads a week sales can answer in a window; refused where no rep says how many, or nobody works."""
    burden = load(0, reps, policy, window)
    if not burden.capacity_per_working_day or not burden.working_days:
        raise NotFound(
            Fault(
                "sales' capacity",
                "no rep says how many leads a day it can answer, or the window has no working day",
                "Import reps with capacity_per_day, or name a number of MQLs a week.",
            )
        )
    return burden.capacity_per_working_day * burden.working_days / burden.weeks


def working_days_of(calendar: Calendar, window: Window) -> int:
    """The days of a window on which an interval of the calendar starts."""
    off = days_off(calendar.holidays, window.start.year, window.last_day.year)
    days = (window.start + timedelta(days=n) for n in range((window.end - window.start).days))
    return sum(bool(calendar.hours[day.weekday()]) and day not in off for day in days)


@dataclass(frozen=True, eq=False)
class Pace:
    """The working time each of r reps was seen to need for a decision, waiting for one's turn taken off.

    Those of rep `n` are `needed[start[n]:start[n + 1]]`, microseconds, NEVER for a decision that is
    overdue and not made; everybody's, owners who are no rep included, follow from `start[r]` to the end.
    """

    needed: Microseconds
    start: npt.NDArray[np.int64]

    def pool_of(self, rep: int) -> tuple[int, int]:
        """Where the observations a rep's pace is drawn from begin, and how many: everybody's when fewer than 10."""
        first, last = int(self.start[rep]), int(self.start[rep + 1])
        return (first, last - first) if last - first >= ENOUGH else (int(self.start[-1]), self.observed)

    @property
    def observed(self) -> int:
        """How many observations there are of anybody."""
        return len(self.needed) - int(self.start[-1])

    @property
    def decided(self) -> int:
        """How many of them were decisions: what is overdue and not made says that it is late, not how sales answers."""
        return int(np.count_nonzero(self.needed[int(self.start[-1]) :] != NEVER))


def observed_pace(responses: Responses) -> Pace:
    """What each rep's hand-offs up to the instant looked at say about the rep's pace.

    A rep's own hand-offs are replayed through the rep's queue first: what it
    explains of a response time is not pace, or it would count twice. Open ones that are
    not yet overdue say nothing yet.
    """
    clock = responses.decision
    waited = np.zeros(len(responses), dtype=np.int64)
    for number, rep in enumerate(responses.reps):
        each = _takes(rep, responses.policy)
        rows = np.flatnonzero(responses.rep == number)
        if each is None or not rows.size:
            continue
        rows = rows[np.argsort(responses.started_at[rows], kind="stable")]
        line = _line(calendar_of(rep, responses.policy), responses.started_at[rows])
        waited[rows] = waits(line.position(responses.started_at[rows]), each)
    needed = np.where(clock.answered, np.maximum(clock.rep_time - waited, 0), NEVER)
    tells = clock.answered | clock.among(State.OVERDUE)
    of_rep = [needed[tells & (responses.rep == number)] for number in range(len(responses.reps))]
    start = np.cumsum([0, *(len(one) for one in of_rep)])
    return Pace(np.concatenate([*of_rep, needed[tells]]), start)


def waits(arrived: Microseconds, each: int) -> Microseconds:
    """How long each waits for its turn with one who takes up one every `each`; arrivals in order, shape (m,).

    Everything is working time of one calendar. Lindley's recursion, as a running maximum.
    """
    places = np.arange(len(arrived), dtype=np.int64) * each
    return np.asarray(np.maximum.accumulate(arrived - places) + places - arrived)


def calendar_of(rep: Rep, policy: Policy) -> Calendar:
    """The rep's calendar, the default one where none, or an unknown one, is named."""
    known = {calendar.name: calendar for calendar in policy.calendars}
    return known.get((rep.calendar or "").strip(), known[DEFAULT_CALENDAR])


def _takes(rep: Rep, policy: Policy) -> int | None:
    """The working time in which a rep takes up one hand-off, microseconds; None when the rep takes up none."""
    hours = calendar_of(rep, policy).hours
    days = [sum(end - start for start, end in day) for day in hours if day]
    if not rep.capacity_per_day or not days:
        return None
    return round(sum(days) / len(days) * MINUTE / rep.capacity_per_day)


def _line(calendar: Calendar, instants: Instants) -> Timeline:
    """The calendar over the years of some instants and the one after."""
    first, last = (
        int(np.datetime64(int(at), "us").astype("datetime64[Y]").astype(int)) + 1970 for at in _ends(instants)
    )
    return timeline(calendar, first, last + 1)


def _ends(instants: Instants) -> tuple[int, int]:
    return int(instants.min()), int(instants.max())


@dataclass(frozen=True, eq=False)
class Queue:
    """Who takes up each of m hand-offs, when, and after how much of that rep's working time; shapes (m,)."""

    rep: npt.NDArray[np.int64]
    taken_up_at: Instants
    waited: Microseconds

    def backlog(self, arrived: Instants, at: Instants) -> npt.NDArray[np.int64]:
        """How many had arrived and were not taken up at some instants (k,); `arrived` (m,) in order."""
        taken_up = np.searchsorted(np.sort(self.taken_up_at), at, side="right")
        return np.searchsorted(arrived, at, side="right") - taken_up


def queue(arrived: Instants, reps: Sequence[Rep], policy: Policy) -> Queue | None:
    """First come first served by whoever is free first; `arrived` (m,) in order. None when no rep takes up any.

    Of two who could begin at one instant, the one who has been idle longer takes it.
    """
    takes = [_takes(rep, policy) for rep in reps]
    working = [number for number, each in enumerate(takes) if each is not None]
    if not working:
        return None
    found = Queue(*(np.zeros(len(arrived), dtype=np.int64) for _ in range(3)))
    if not len(arrived):
        return found
    calendars = list(dict.fromkeys(calendar_of(reps[number], policy) for number in working))
    lines = [_line(calendar, arrived) for calendar in calendars]
    team = [[n for n in working if calendar_of(reps[n], policy) == calendar] for calendar in calendars]
    members = np.array([n for one in team for n in one], dtype=np.int64)
    _serve(
        np.ascontiguousarray(arrived, dtype=np.int64),
        np.array([takes[n] for n in members], dtype=np.int64),
        np.cumsum([0, *(len(one) for one in team)]),
        np.cumsum([0, *(len(line.opens) for line in lines)]),
        np.concatenate([line.opens for line in lines]),
        np.concatenate([line.before for line in lines]),
        np.concatenate([line.through for line in lines]),
        found.rep,
        found.taken_up_at,
        found.waited,
    )
    return Queue(members[found.rep], found.taken_up_at, found.waited)


@dataclass(frozen=True, slots=True)
class Answering:
    """How sales would keep its promise of a decision under a draft.

    `attainment` is the share decided in time of the `promised` hand-offs, with the
    interval of 95 % of all runs; None where nobody takes up any, nothing is promised, or
    fewer than 10 decisions show anybody's pace. `backlog` is who waits to be taken up at the
    end of each whole week, and `growth_per_week` the slope of the straight line through it
    (least squares), None below two weeks. The queue is empty when the window begins.
    """

    threshold: int
    promised: int
    attainment: float | None
    low95: float | None
    high95: float | None
    backlog: tuple[int, ...]
    growth_per_week: float | None


def promised_by_lead(history: History, policy: Policy) -> Microseconds:
    """The working time within which a decision on each lead is promised, NO_PROMISE where none is; shape (n,)."""
    promised = np.full(history.leads, NO_PROMISE, dtype=np.int64)
    for promise in reversed(policy.decision):
        matches = slice(None) if promise.when is None else leads_meeting(history, promise.when)
        promised[matches] = promise.within_minutes * MINUTE
    return promised


def would_be_handoffs(side: Side) -> npt.NDArray[np.int64]:
    """The leads a definition hands over in the window, as rows of the history, in the order they qualify."""
    rows = np.flatnonzero(side.in_window)
    return rows[np.argsort(side.replayed.qualified_at[rows], kind="stable")]


def answering(
    threshold: int,
    arrived: Instants,
    promised: Microseconds,
    reps: Sequence[Rep],
    policy: Policy,
    pace: Pace,
    window: Window,
    as_of: int,
) -> Answering:
    """The would-be hand-offs of a threshold replayed through the reps.

    `arrived` (m,), in order, are the instants at which they qualify, `promised` (m,) is
    what `promised_by_lead` says of each.
    """
    served = queue(arrived, reps, policy)
    counted = np.flatnonzero(promised != NO_PROMISE)
    if served is None:
        return Answering(threshold, len(counted), None, None, None, (), None)
    ends = window.edges()[1:]
    whole = ends[(ends <= as_of) & (np.diff(window.edges()) > 6 * 24 * HOUR)]
    backlog = served.backlog(arrived, whole)
    growth = (
        float(np.polynomial.Polynomial.fit(np.arange(len(whole)), backlog, 1).convert().coef[-1])
        if len(whole) > 1
        else None
    )
    if not len(counted) or pace.decided < ENOUGH:
        return Answering(threshold, len(counted), None, None, None, tuple(backlog.tolist()), growth)
    pools = np.array([pace.pool_of(number) for number in range(len(reps))], dtype=np.int64)[served.rep[counted]]
    kept = np.zeros(min(max(DRAWS // len(counted), FEWEST_RUNS), RUNS), dtype=np.int64)
    _run(
        np.random.default_rng(SEED),
        promised[counted] - served.waited[counted],
        np.ascontiguousarray(pools[:, 0]),
        np.ascontiguousarray(pools[:, 1]),
        pace.needed,
        kept,
    )
    shares = kept / len(counted)
    low, high = np.quantile(shares, [0.025, 0.975])
    return Answering(
        threshold, len(counted), float(shares.mean()), float(low), float(high), tuple(backlog.tolist()), growth
    )


def load_in_words(burden: Load, answered: Answering) -> str:
    """The load, and what becomes of the backlog and the promise, in sentences."""
    if burden.per_working_day is None:
        return "The window has no working day."
    if burden.share is None:
        return f"{burden.per_working_day:,.1f} leads a working day; no rep says how many it can answer."
    capacity = f"{burden.capacity_per_working_day:,.1f}".removesuffix(".0")
    said = (
        f"{burden.per_working_day:,.1f} leads a working day, {burden.share * 100:.0f} % of the {capacity} that sales"
        " can answer"
    )
    growth = answered.growth_per_week
    # The queue begins empty: that it shrinks only says that a busy time came early in the window.
    grows = growth is not None and growth >= GROWING
    said += f": at this threshold the backlog grows by {growth:,.0f} a week." if grows else "."
    if answered.attainment is not None and answered.low95 is not None and answered.high95 is not None:
        said += (
            f" {answered.attainment * 100:.0f} % of the decisions would come in time"
            f" ({answered.low95 * 100:.0f} to {answered.high95 * 100:.0f} %)."
        )
    elif answered.promised:
        said += f" Fewer than {ENOUGH} decisions so far: how many would come in time nobody can say."
    return said


def warm_up() -> None:
    """Compile the kernels; the machine code is kept on disk."""
    from lib.core.sla.promises import Holidays

    around_the_clock = Calendar(DEFAULT_CALENDAR, "UTC", (((0, 1440),),) * 7, Holidays())
    policy = Policy("UTC", (around_the_clock,))
    rep = Rep("rep", "Rep", "team", DEFAULT_CALENDAR, 1.0)
    served = queue(np.array([0, 1], dtype=np.int64), [rep], policy)
    assert served is not None  # noqa: S101  (for mypy)
    nothing = np.zeros(1, dtype=np.int64)
    _run(np.random.default_rng(SEED), served.waited, served.rep, served.rep + 1, nothing, np.zeros(1, dtype=np.int64))


# The kernels, without the interpreter's lock as those of the replay are.

compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")


@compiled
def _sift_down(free, idle_since, member, first, size):  # type: ignore[no-untyped-def]
    # The rep at the top has got a later time: a heap of size reps from first on, the one free first at the top.
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            return
        if child + 1 < size and free[first + child + 1] < free[first + child]:
            child += 1
        a, b = first + place, first + child
        if free[a] <= free[b]:
            return
        free[a], free[b] = free[b], free[a]
        idle_since[a], idle_since[b] = idle_since[b], idle_since[a]
        member[a], member[b] = member[b], member[a]
        place = child


@compiled
def _instant(position, side_right, first, last, opens, before, through):  # type: ignore[no-untyped-def]
    """The instant at a position in working time: the latest (work goes on), or the earliest (work is done)."""
    side = through[first:last]
    at = first + (np.searchsorted(side, position, side="right") if side_right else np.searchsorted(side, position))
    # Beyond the years laid out only the order matters.
    at = min(at, last - 1)
    return opens[at] + (position - before[at])


@compiled
def _serve(  # type: ignore[no-untyped-def]
    arrived, takes, team, line, opens, before, through, rep_of, taken_up_at, waited
):
    free = np.zeros(len(takes), dtype=np.int64)
    idle_since = np.full(len(takes), np.iinfo(np.int64).min)
    member = np.arange(len(takes))
    for m in range(len(arrived)):
        best, best_at, best_from, best_here = -1, 0, 0, 0
        for c in range(len(team) - 1):
            first, last = line[c], line[c + 1]
            i = first + np.searchsorted(opens[first:last], arrived[m], side="right") - 1
            here = min(arrived[m] - opens[i] + before[i], through[i])
            begins = max(here, free[team[c]])
            begins_at = _instant(begins, True, first, last, opens, before, through)
            top = team[c]
            if best < 0 or begins_at < best_at or (begins_at == best_at and idle_since[top] < idle_since[team[best]]):
                best, best_at, best_from, best_here = c, begins_at, begins, here
        top = team[best]
        rep_of[m], taken_up_at[m], waited[m] = member[top], best_at, best_from - best_here
        free[top] = best_from + takes[member[top]]
        idle_since[top] = _instant(free[top], False, line[best], line[best + 1], opens, before, through)
        _sift_down(free, idle_since, member, team[best], team[best + 1] - team[best])


@compiled
def _run(rng, left, first, count, needed, kept):  # type: ignore[no-untyped-def]
    drawn = np.empty(len(needed), dtype=np.int64)
    for run in range(len(kept)):
        # Another sample of the same size might have been observed: draw one, then each decision's pace from it.
        for n in range(len(needed)):
            drawn[n] = -1
        for m in range(len(left)):
            place = first[m] + int(rng.random() * count[m])
            if drawn[place] < 0:
                drawn[place] = needed[first[m] + int(rng.random() * count[m])]
            if drawn[place] <= left[m]:
                kept[run] += 1


if __name__ == "__main__":
    warm_up()
