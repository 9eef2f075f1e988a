"""How fast sales answers, and the queue of hand-offs replayed at that pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants
from lib.core.handoffs.reps import Rep
from lib.core.sla.clocks import ClockState, Responses
from lib.core.sla.promises import DEFAULT_CALENDAR, Calendar, Policy
from lib.core.sla.working_time import MINUTE, Microseconds, Timeline, timeline
from lib.core.statistics.rates import ENOUGH

SEED = 1
"""The same figures for the same draft."""


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
    # A rep is slow or quick with what is the rep's.
    responses = responses.by_rep_time()
    clock = responses.decision
    waited = np.zeros(len(responses), dtype=np.int64)
    for number, rep in enumerate(responses.reps):
        each = takes_of(rep, responses.policy)
        rows = np.flatnonzero(responses.rep == number)
        if each is None or not rows.size:
            continue
        rows = rows[np.argsort(responses.started_at[rows], kind="stable")]
        line = in_line(responses.policy.calendar_of(rep.calendar), responses.started_at[rows])
        waited[rows] = waits(line.position(responses.started_at[rows]), each)
    needed = np.where(clock.answered, np.maximum(clock.time - waited, 0), NEVER)
    tells = clock.answered | clock.among(ClockState.OVERDUE)
    of_rep = [needed[tells & (responses.rep == number)] for number in range(len(responses.reps))]
    start = np.cumsum([0, *(len(one) for one in of_rep)])
    return Pace(np.concatenate([*of_rep, needed[tells]]), start)


def waits(arrived: Microseconds, each: int) -> Microseconds:
    """How long each waits for its turn with one who takes up one every `each`; arrivals in order, shape (m,).

    Everything is working time of one calendar. Lindley's recursion, as a running maximum.
    """
    places = np.arange(len(arrived), dtype=np.int64) * each
    return np.asarray(np.maximum.accumulate(arrived - places) + places - arrived)


def takes_of(rep: Rep, policy: Policy) -> int | None:
    """The working time in which a rep takes up one hand-off, microseconds; None when the rep takes up none."""
    hours = policy.calendar_of(rep.calendar).hours
    days = [sum(end - start for start, end in day) for day in hours if day]
    if not rep.capacity_per_day or not days:
        return None
    return round(sum(days) / len(days) * MINUTE / rep.capacity_per_day)


def in_line(calendar: Calendar, instants: Instants) -> Timeline:
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
    takes = [takes_of(rep, policy) for rep in reps]
    working = [number for number, each in enumerate(takes) if each is not None]
    if not working:
        return None
    found = Queue(*(np.zeros(len(arrived), dtype=np.int64) for _ in range(3)))
    if not len(arrived):
        return found
    calendars = list(dict.fromkeys(policy.calendar_of(reps[number].calendar) for number in working))
    lines = [in_line(calendar, arrived) for calendar in calendars]
    team = [[n for n in working if policy.calendar_of(reps[n].calendar) == calendar] for calendar in calendars]
    members = np.array([n for one in team for n in one], dtype=np.int64)
    serve(
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


def warm_up() -> None:
    """Compile the kernels; the machine code is kept on disk."""
    from lib.core.sla.promises import Holidays

    around_the_clock = Calendar(DEFAULT_CALENDAR, "UTC", (((0, 1440),),) * 7, Holidays())
    policy = Policy("UTC", (around_the_clock,))
    rep = Rep("rep", "Rep", "team", DEFAULT_CALENDAR, 1.0)
    served = queue(np.array([0, 1], dtype=np.int64), [rep], policy)
    assert served is not None  # noqa: S101  (for mypy)
    nothing = np.zeros(1, dtype=np.int64)
    run_queues(
        np.random.default_rng(SEED), served.waited, served.rep, served.rep + 1, nothing, np.zeros(1, dtype=np.int64)
    )


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
def serve(  # type: ignore[no-untyped-def]
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
def run_queues(rng, left, first, count, needed, kept):  # type: ignore[no-untyped-def]
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
