"""How the promises were kept: when each hand-off was due, when it was answered, and how much time that took.

Everything is as of one instant (`Handoffs.as_of`): what is not answered by then is
open, and waits until then. Working time is on the calendar of the hand-off's owner.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import NEVER, UNKNOWN, Column, Instants, Mask
from lib.core.definition.matching import leads_meeting
from lib.core.handoffs.choosing import lead_rows
from lib.core.handoffs.handoffs import Handoffs, past
from lib.core.handoffs.reps import Rep, owner_id, owner_ids
from lib.core.leads.history import History
from lib.core.sla.promises import DEFAULT_CALENDAR, Policy, Promise
from lib.core.sla.working_time import MINUTE, Microseconds, deadlines, elapsed

NO_PROMISE = -1


class Answer(StrEnum):
    """What is promised: a decision, or a first touch."""

    DECISION = "decision"
    FIRST_TOUCH = "first_touch"


class ClockState(IntEnum):
    """How a promise stands; the number is what `Clock.state` holds. NONE: nothing was promised."""

    NONE = 0
    MET = 1
    BREACHED = 2
    DUE = 3
    OVERDUE = 4

    @property
    def word(self) -> str | None:
        """`met`, `breached`, `due` or `overdue`; None where nothing was promised."""
        return None if self is ClockState.NONE else self.name.lower()


@dataclass(frozen=True, eq=False)
class Clock:
    """One promise's clock for each of h hand-offs; all shapes (h,).

    `promised` is working time, NO_PROMISE where there is none; `due_at` is NEVER
    there, as `answered_at` is where nobody has answered. `rep_time` is the working time from
    the start of the rep's clock to the answer, or to the instant looked at. `state` holds `ClockState`s.
    """

    answer: Answer
    promised: Microseconds
    due_at: Instants
    answered_at: Instants
    rep_time: Microseconds
    state: npt.NDArray[np.int8]

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
    `calendar` the place of their calendar among the policy's. `started_at` is when the rep's clock
    began. `customer_time` is wall clock from the hand-over to the first touch, NEVER
    where there was none; `system_delay` that from the hand-over to the rep's clock.
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
    system_delay: Microseconds

    def __len__(self) -> int:
        return len(self.handoffs)

    def clock(self, answer: Answer) -> Clock:
        return self.decision if answer is Answer.DECISION else self.first_touch

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
    rep = _rep_of(handoffs.owner, reps)
    calendar = _calendar_of(rep, reps, policy)
    started_at = _started_at(handoffs)
    # "A decision counts as a touch at its instant when none is recorded."
    touched_at = np.where(handoffs.first_touch_at == NEVER, handoffs.decided_at, handoffs.first_touch_at)

    def clock(answer: Answer, answered_at: Instants) -> Clock:
        promised = promised_time(promises_for(policy, answer), handoffs, leads)
        due_at = _due_at(policy, calendar, started_at, promised)
        until = np.where(answered_at == NEVER, handoffs.as_of, answered_at)
        rep_time = by_calendar(policy, calendar, lambda of, rows: elapsed(of, started_at[rows], until[rows]))
        return Clock(answer, promised, due_at, answered_at, rep_time, _states(due_at, answered_at, handoffs.as_of))

    return Responses(
        handoffs=handoffs,
        policy=policy,
        reps=tuple(reps),
        rep=rep,
        calendar=calendar,
        started_at=started_at,
        decision=clock(Answer.DECISION, handoffs.decided_at),
        first_touch=clock(Answer.FIRST_TOUCH, touched_at),
        customer_time=np.where(touched_at == NEVER, NEVER, touched_at - handoffs.mql_at),
        system_delay=started_at - handoffs.mql_at,
    )


def with_due(handoffs: Handoffs, leads: History, reps: Sequence[Rep], policy: Policy) -> Handoffs:
    """The hand-offs with `due_at` filled in: when the decision is due, NEVER where no promise says so."""
    calendar = _calendar_of(_rep_of(handoffs.owner, reps), reps, policy)
    promised = promised_time(policy.decision, handoffs, leads)
    return replace(handoffs, due_at=_due_at(policy, calendar, _started_at(handoffs), promised))


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
    """The working time promised for each hand-off's lead, by the first promise that matches; NO_PROMISE else."""
    if any(promise.when for promise in promises):
        return promised_by_lead(promises, leads)[lead_rows(handoffs, leads)]
    within = promises[0].within_minutes * MINUTE if promises else NO_PROMISE
    return np.full(len(handoffs), within, dtype=np.int64)


def promised_by_lead(promises: Sequence[Promise], leads: History) -> Microseconds:
    """The working time promised on each lead, by the first promise that matches, NO_PROMISE else; shape (n,)."""
    promised = np.full(leads.leads, NO_PROMISE, dtype=np.int64)
    for promise in reversed(promises):
        matches = slice(None) if promise.when is None else leads_meeting(leads, promise.when)
        promised[matches] = promise.within_minutes * MINUTE
    return promised


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


def _started_at(handoffs: Handoffs) -> Instants:
    return np.where(handoffs.assigned_at == NEVER, handoffs.mql_at, handoffs.assigned_at)


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


def _states(due_at: Instants, answered_at: Instants, as_of: int) -> npt.NDArray[np.int8]:
    answered = answered_at != NEVER
    states = np.select(
        [due_at == NEVER, answered & ~past(due_at, answered_at), answered, ~past(due_at, as_of)],
        [ClockState.NONE, ClockState.MET, ClockState.BREACHED, ClockState.DUE],
        ClockState.OVERDUE,
    )
    return states.astype(np.int8)
