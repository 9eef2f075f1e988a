"""How the promises were kept: when each hand-off was due, when it was answered, and how much time that took.

Everything is as of one instant (`Handoffs.as_of`): what is not answered by then is
open, and waits until then. Promise time is on the calendar of whom a hand-off was first assigned to, and no
reassignment resets it; rep time begins when its owner got it, on the owner's calendar.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import NEVER, UNKNOWN, Column, Instants, Mask
from lib.core.handoffs.choosing import lead_rows
from lib.core.handoffs.handoffs import Handoffs, past
from lib.core.handoffs.reps import Rep, owner_id, owner_ids
from lib.core.leads.history import History
from lib.core.replay.holding import Holding, meeting
from lib.core.sla.promises import DEFAULT_CALENDAR, Policy, Promise
from lib.core.sla.working_time import MINUTE, Microseconds, deadlines, elapsed

NO_PROMISE = -1


class Answer(StrEnum):
    """What is promised: a decision, or a first touch."""

    DECISION = "decision"
    FIRST_TOUCH = "first_touch"


class ClockState(IntEnum):
    """How a promise stands; the number is what `Clock.state` holds.

    NONE: nothing was promised, or it was closed before it was due. BY_DAY_ONLY: the days alone that are known do not
    tell whether it was kept.
    """

    NONE = 0
    MET = 1
    BREACHED = 2
    DUE = 3
    OVERDUE = 4
    BY_DAY_ONLY = 5

    @property
    def word(self) -> str | None:
        """`met`, `breached`, `due`, `overdue` or `by day only`; None where there is none."""
        return None if self is ClockState.NONE else self.name.lower().replace("_", " ")


@dataclass(frozen=True, eq=False)
class Clock:
    """One promise's clock for each of h hand-offs; all shapes (h,).

    `promised` is working time, NO_PROMISE where there is none; `due_at` is NEVER
    there, as `answered_at` is where nobody has answered. `time` is the working time from
    the start of the clock to the answer, else to the closing or the instant looked at. `state` holds `ClockState`s.
    `exact` are those of which beginning and end are known to the instant: no others have hours.
    """

    answer: Answer
    promised: Microseconds
    due_at: Instants
    answered_at: Instants
    time: Microseconds
    state: npt.NDArray[np.int8]
    exact: Mask

    @property
    def answered(self) -> Mask:
        return np.asarray(self.answered_at != NEVER)

    def among(self, *states: ClockState) -> Mask:
        """Which hand-offs are in one of these states."""
        return np.isin(self.state, states)


@dataclass(frozen=True, eq=False)
class Responses:
    """How h hand-offs were answered; all shapes (h,).

    `rep` is the place of the owner among `reps`, UNKNOWN for one who is no rep;
    `calendar` the place among the policy's of the calendar that the clocks run on. `started_at` is when
    they began. `customer_time` is wall clock from the hand-over to the first touch, NEVER
    where there was none, and known only where `touch_exact`.
    """

    handoffs: Handoffs
    policy: Policy
    reps: tuple[Rep, ...]
    rep: npt.NDArray[np.int32]
    calendar: npt.NDArray[np.int32]
    started_at: Instants
    decision: Clock
    first_touch: Clock
    customer_time: Microseconds
    touch_exact: Mask

    def __len__(self) -> int:
        return len(self.handoffs)

    def clock(self, answer: Answer) -> Clock:
        return self.decision if answer is Answer.DECISION else self.first_touch

    @property
    def touches_are_decisions(self) -> bool:
        """Is every touch a decision, because nobody recorded any before it?"""
        recorded = self.handoffs.first_touch_at <= self.handoffs.decided_at
        touched = self.handoffs.first_touch_at != NEVER
        return bool(self.first_touch.answered.any()) and not bool((recorded & touched).any())

    def by_rep_time(self) -> "Responses":
        """The same clocks as what an owner answers for: from when the owner got it, on the owner's calendar."""
        handoffs = self.handoffs
        since, started = handoffs.owner_since, _started(handoffs)
        first = (since == NEVER) | (since == handoffs.assigned_at)
        begins = _Span(np.where(first, started.at, since), np.where(first, started.until, since))
        calendar = _calendar_of(self.rep, self.reps, self.policy)

        def clock(of: Clock) -> Clock:
            ends = _decided(handoffs) if of.answer is Answer.DECISION else _touched(handoffs)
            return _clock(of.answer, of.promised, begins, ends, handoffs, self.policy, calendar)

        return replace(
            self,
            calendar=calendar,
            started_at=begins.at,
            decision=clock(self.decision),
            first_touch=clock(self.first_touch),
        )

    @property
    def owners_without_rep(self) -> tuple[str, ...]:
        """The owners who are no rep, and so have the default calendar, by name."""
        owner = self.handoffs.owner
        codes = np.unique(owner.codes[(self.rep == UNKNOWN) & (owner.codes != UNKNOWN)])
        return tuple(sorted(name for name in owner.values.take(pa.array(codes)).to_pylist() if owner_id(name)))

    @property
    def reps_without_calendar(self) -> tuple[Rep, ...]:
        """The reps whose calendar the policy does not know, and who so have the default one."""
        known = {calendar.name for calendar in self.policy.calendars}
        return tuple(rep for rep in self.reps if rep.calendar and rep.calendar not in known)


def respond(handoffs: Handoffs, leads: History, reps: Sequence[Rep], policy: Policy) -> Responses:
    """Both promises' clocks for every hand-off.

    `leads` holds every lead of a hand-off with the fields the promises ask for
    (`fields_asked`); its activities are not looked at.
    """
    calendar = _calendar_of(_rep_of(handoffs.first_owner, reps), reps, policy)
    begins, touched = _started(handoffs), _touched(handoffs)

    def clock(answer: Answer, ends: _Span) -> Clock:
        promised = promised_time(promises_for(policy, answer), handoffs, leads)
        return _clock(answer, promised, begins, ends, handoffs, policy, calendar)

    return Responses(
        handoffs=handoffs,
        policy=policy,
        reps=tuple(reps),
        rep=_rep_of(handoffs.owner, reps),
        calendar=calendar,
        started_at=begins.at,
        decision=clock(Answer.DECISION, _decided(handoffs)),
        first_touch=clock(Answer.FIRST_TOUCH, touched),
        customer_time=np.where(touched.at == NEVER, NEVER, touched.at - handoffs.mql_at),
        touch_exact=(handoffs.mql_until == handoffs.mql_at) & touched.exact,
    )


def with_due(handoffs: Handoffs, leads: History, reps: Sequence[Rep], policy: Policy) -> Handoffs:
    """The hand-offs with `due_at` filled in: when the decision is due, NEVER where no promise says so."""
    calendar = _calendar_of(_rep_of(handoffs.first_owner, reps), reps, policy)
    promised = promised_time(policy.decision, handoffs, leads)
    return replace(handoffs, due_at=_due_at(policy, calendar, _started(handoffs).at, promised))


def fields_asked(policy: Policy) -> frozenset[str]:
    """The lead fields the promises look at."""
    return frozenset(
        condition.field
        for promise in (*policy.decision, *policy.first_touch)
        if promise.when is not None
        for condition in promise.when.conditions
    )


def promises_for(policy: Policy, answer: Answer) -> tuple[Promise, ...]:
    return policy.decision if answer is Answer.DECISION else policy.first_touch


def promised_time(promises: Sequence[Promise], handoffs: Handoffs, leads: History) -> Microseconds:
    """The working time promised for each hand-off, by what its lead was at `mql_at`."""
    if any(promise.when for promise in promises):
        return promised_by_lead(promises, leads).at(lead_rows(handoffs, leads), handoffs.mql_at)
    within = promises[0].within_minutes * MINUTE if promises else NO_PROMISE
    return np.full(len(handoffs), within, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Promised:
    """Promises in their order, each with the leads that it matches when (None: all)."""

    promises: tuple[Promise, ...]
    matching: tuple[Holding | None, ...]

    def at(self, lead: npt.NDArray[np.int64], at: Instants) -> Microseconds:
        """The working time promised on some leads (r,) handed over at an instant each (r,), by the first promise that
        matches what they were then; NO_PROMISE where none does.
        """
        promised = np.full(len(lead), NO_PROMISE, dtype=np.int64)
        for promise, met in reversed(list(zip(self.promises, self.matching, strict=True))):
            promised[slice(None) if met is None else met.at(lead, at)] = promise.within_minutes * MINUTE
        return promised


def promised_by_lead(promises: Sequence[Promise], leads: History) -> Promised:
    """What is promised on leads, whenever each is handed over."""
    matching = tuple(None if promise.when is None else meeting(leads, promise.when) for promise in promises)
    return Promised(tuple(promises), matching)


def by_calendar(
    policy: Policy,
    calendar: npt.NDArray[np.int32],
    measured: Callable[..., npt.NDArray[np.int64]],
    only: Mask | None = None,
) -> npt.NDArray[np.int64]:
    """`measured(calendar, rows)` for the rows of each calendar, put together; shape (h,), NEVER where not `only`."""
    whole = np.full(len(calendar), NEVER, dtype=np.int64)
    for place, of in enumerate(policy.calendars):
        rows = np.flatnonzero(calendar == place if only is None else (calendar == place) & only)
        if rows.size:
            whole[rows] = measured(of, rows)
    return whole


@dataclass(frozen=True, eq=False)
class _Span:
    """When something was at the earliest, and at the latest: equal where it is known to the instant; shapes (h,)."""

    at: Instants
    until: Instants

    @property
    def exact(self) -> Mask:
        return np.asarray(self.at == self.until)


def _started(handoffs: Handoffs) -> _Span:
    """The beginning of promise time: the first assignment, else the hand-over."""
    never = handoffs.assigned_at == NEVER
    return _Span(
        np.where(never, handoffs.mql_at, handoffs.assigned_at),
        np.where(never, handoffs.mql_until, handoffs.assigned_until),
    )


def _decided(handoffs: Handoffs) -> _Span:
    return _Span(handoffs.decided_at, handoffs.decided_until)


def _touched(handoffs: Handoffs) -> _Span:
    """A decision counts as a touch at its instant where none is recorded before it."""
    sooner = handoffs.decided_at < handoffs.first_touch_at
    return _Span(
        np.where(sooner, handoffs.decided_at, handoffs.first_touch_at),
        np.where(sooner, handoffs.decided_until, handoffs.first_touch_until),
    )


def _clock(
    answer: Answer,
    promised: Microseconds,
    begins: _Span,
    ends: _Span,
    handoffs: Handoffs,
    policy: Policy,
    calendar: npt.NDArray[np.int32],
) -> Clock:
    due_at = _due_at(policy, calendar, begins.at, promised)
    until = np.minimum(np.minimum(ends.at, handoffs.closed_at), handoffs.as_of)
    time = by_calendar(policy, calendar, lambda of, rows: elapsed(of, begins.at[rows], until[rows]))
    by_day = ~begins.exact
    # Of two on one day the other came first as early as it can have.
    latest = np.minimum(begins.until, np.maximum(ends.at, begins.at))
    due_latest = due_at.copy()
    if by_day.any():
        due_latest = np.where(by_day, _due_at(policy, calendar, latest, promised), due_at)
    state = _states(due_at, due_latest, ends, handoffs.closed_at, handoffs.as_of)
    return Clock(answer, promised, due_at, ends.at, time, state, begins.exact & ends.exact)


def _rep_of(owner: Column, reps: Sequence[Rep]) -> npt.NDArray[np.int32]:
    place = {rep.rep_id.strip(): n for n, rep in enumerate(reps)}
    of_value = [place.get(name or "", UNKNOWN) for name in owner_ids(owner)]
    return np.array([*of_value, UNKNOWN], dtype=np.int32)[owner.codes]


def _calendar_of(rep: npt.NDArray[np.int32], reps: Sequence[Rep], policy: Policy) -> npt.NDArray[np.int32]:
    place = {calendar.name: n for n, calendar in enumerate(policy.calendars)}
    of_rep = [place[policy.calendar_of(rep.calendar).name] for rep in reps]
    return np.array([*of_rep, place[DEFAULT_CALENDAR]], dtype=np.int32)[rep]


def _due_at(policy: Policy, calendar: npt.NDArray[np.int32], started_at: Instants, promised: Microseconds) -> Instants:
    return by_calendar(
        policy, calendar, lambda of, rows: deadlines(of, started_at[rows], promised[rows]), promised != NO_PROMISE
    )


def _states(
    due_at: Instants, due_latest: Instants, ends: _Span, closed_at: Instants, as_of: int
) -> npt.NDArray[np.int8]:
    """How each promise stands, due at the earliest and at the latest, whatever the days alone leave open."""
    answered, closed = ends.at != NEVER, closed_at != NEVER
    waiting = np.minimum(closed_at, as_of)
    states = np.select(
        [
            due_at == NEVER,
            answered & ~past(due_at, ends.until),
            answered & past(due_latest, ends.at),
            answered,
            closed & ~past(due_at, closed_at),
            closed & past(due_latest, closed_at),
            closed,
            ~past(due_at, waiting),
            past(due_latest, waiting),
        ],
        [
            ClockState.NONE,
            ClockState.MET,
            ClockState.BREACHED,
            ClockState.BY_DAY_ONLY,
            ClockState.NONE,
            ClockState.BREACHED,
            ClockState.BY_DAY_ONLY,
            ClockState.DUE,
            ClockState.OVERDUE,
        ],
        ClockState.BY_DAY_ONLY,
    )
    return states.astype(np.int8)
