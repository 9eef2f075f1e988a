"""Who waits, whether promises are kept, whether the comparison is fair, and what would be kept if they were others."""

from collections import Counter
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lib.app.deployment import Deployment
from lib.app.remembered import Aside, remembered
from lib.app.snapshot import Sales, Snapshot
from lib.core.arrays import NEVER
from lib.core.handoffs.handoffs import Handoffs
from lib.core.handoffs.reps import Rep
from lib.core.sla import whatif
from lib.core.sla.answering import Answering
from lib.core.sla.attainment import (
    Attainment,
    Curve,
    Delay,
    SlaGroup,
    Waiting,
    aging,
    attainment,
    by_name,
    group_of,
    handed_over_in,
    still_unanswered,
    system_delay,
)
from lib.core.sla.attainment import inbox as inbox_of
from lib.core.sla.clocks import NO_PROMISE, Answer, Responses, respond
from lib.core.sla.fairness import Adjusted, Burst, Silence, Traces, adjusted_attainment, bursts, silences
from lib.core.sla.promises import Policy
from lib.core.sla.working_time import HOUR
from lib.core.time.clock import MICROSECONDS, STALE_DAYS
from lib.core.time.window import Window
from lib.store.database import Look
from lib.store.sla.responses import load_traces

MINUTE = 60 * MICROSECONDS

NOBODY = ""
"""The owner of what nobody owns."""


@remembered(8)
def responses(sales: Sales, window: Window) -> Responses:
    """How everything handed over in the window was answered, as of now."""
    return respond(handed_over_in(sales.handoffs, window), sales.history, sales.reps, sales.policy)


# Who waits.


def is_live(snapshot: Snapshot, now: int) -> bool:
    """Is this about now? Data whose newest instant is a week old is looked at as of that."""
    return snapshot.as_of > now - STALE_DAYS * 86_400 * MICROSECONDS


def this_minute(snapshot: Snapshot, now: int) -> int:
    """The instant who waits is looked at: now, to the minute, or that of old data."""
    return max(snapshot.as_of, now // MINUTE * MINUTE) if is_live(snapshot, now) else snapshot.as_of


@remembered(2)
def waiting(sales: Sales, minute: int) -> Responses:
    """Everything that is open at a minute, with its clocks."""
    every = sales.handoffs
    still_open = replace(every.take(every.open), as_of=minute)
    return respond(still_open, sales.history, sales.reps, sales.policy)


def waiting_for(sales: Sales, minute: int, answer: Answer) -> tuple[Waiting, ...]:
    """Who waits for a decision or a first touch, the one that has waited longest first."""
    return aging(waiting(sales, minute), answer).waiting


def inbox(sales: Sales, minute: int, owner: str) -> tuple[Waiting, ...]:
    """An owner's open hand-offs, the one with the least time left first."""
    return inbox_of(waiting(sales, minute), owner)


def open_by_owner(sales: Sales, minute: int) -> dict[str, int]:
    """How many open hand-offs each owner has."""
    return Counter(owner_of(one) for one in waiting_for(sales, minute, Answer.DECISION))


def owner_of(one: Waiting) -> str:
    """Whose it is, NOBODY where it is nobody's."""
    return one.owner or NOBODY


def owners(sales: Sales, minute: int) -> list[str]:
    """Whose leads there are: every rep, then the owners of open hand-offs who are none, NOBODY among them."""
    reps = sorted(sales.reps, key=lambda rep: (rep.name or rep.rep_id, rep.rep_id))
    others = set(open_by_owner(sales, minute)) - {rep.rep_id for rep in reps}
    return [*(rep.rep_id for rep in reps), *sorted(others)]


def to_qualify(sales: Sales, owner: str) -> Handoffs:
    """An owner's accepted hand-offs that are no SQL yet and not lost, the newest decision first."""
    every = sales.handoffs
    pending = every.take(every.accepted & every.owned_by(owner) & (every.sql_at == NEVER) & (every.lost_at == NEVER))
    return pending.take(np.argsort(-pending.decided_at, kind="stable"))


def handoff(sales: Sales, handoff_id: str) -> Handoffs | None:
    """One hand-off by its id, as a hand-off alone; None when there is none."""
    lead_id, _, cycle = handoff_id.rpartition(":")
    of_lead = of_one(sales, lead_id)
    found = of_lead.take(of_lead.cycle.astype(str) == cycle)
    return found if len(found) else None


def of_one(sales: Sales, lead_id: str) -> Handoffs:
    """Everything that was handed over of one lead."""
    return sales.handoffs.of_lead(lead_id)


def rep_name(sales: Sales, rep_id: str) -> str:
    """A rep as people know them; an owner who is no rep, as written."""
    return _rep_names(sales).get(rep_id, rep_id)


@remembered(1)
def _rep_names(sales: Sales) -> dict[str, str]:
    return {rep.rep_id: rep.name for rep in sales.reps if rep.name}


# Whether promises are kept.


@remembered(32)
def attained(sales: Sales, window: Window, answer: Answer, group: SlaGroup | None = None) -> tuple[Attainment, ...]:
    """How a promise was kept for what was handed over in the window, together or by a group."""
    of = responses(sales, window)
    # An owner answers for the time since the hand-off was theirs.
    kept = of.by_rep_time() if group is SlaGroup.OWNER else of
    return attainment(kept, answer, None if group is None else group_of(of, group))


@remembered(8)
def delays(sales: Sales, window: Window, split: SlaGroup) -> tuple[Delay, ...]:
    """How long it took until what was handed over in the window was first assigned, by a group."""
    of = responses(sales, window)
    return system_delay(of.handoffs, group_of(of, split))


def answer_hours(sales: Sales, window: Window, answer: Answer) -> npt.NDArray[np.float64]:
    """The working hours of every answer given; shape (answered,)."""
    clocked = responses(sales, window).clock(answer)
    return np.asarray(clocked.time[clocked.answered & clocked.exact] / HOUR)


def usual_promise_hours(sales: Sales, window: Window, answer: Answer) -> float | None:
    """The working hours promised most often in the window; None where nothing is promised."""
    promised = responses(sales, window).clock(answer).promised
    values, times = np.unique(promised[promised != NO_PROMISE], return_counts=True)
    return float(values[times.argmax()]) / HOUR if values.size else None


@remembered(8)
def undecided_by_team(sales: Sales, window: Window, answer: Answer) -> dict[str, Curve]:
    """The share still unanswered by working hours, by team; those without a team are one more."""
    of = responses(sales, window)
    clocked = of.clock(answer)
    return {
        team or "No team": still_unanswered(clocked.time[timed], clocked.answered[timed])
        for team, rows in by_name(group_of(of, SlaGroup.TEAM))
        for timed in [rows[clocked.exact[rows]]]
    }


# Is the comparison fair, and is anything made for the clock?


@remembered(8)
def fairly_compared(sales: Sales, window: Window, answer: Answer) -> tuple[Adjusted, ...]:
    """Every owner's attainment after accounting for arrival hour and load."""
    return adjusted_attainment(responses(sales, window), answer)


def made_for_the_clock(
    deployment: Deployment, window: Window, answer: Answer
) -> tuple[tuple[Burst, ...], tuple[Silence, ...]]:
    """By owner: answers just before the deadline, and accepted leads nothing came of."""
    return deployment.together(lambda snapshot, look: _made_for_the_clock(snapshot.sales, window, answer, Aside(look)))


@remembered(8)
def _made_for_the_clock(
    sales: Sales, window: Window, answer: Answer, look: Aside[Look]
) -> tuple[tuple[Burst, ...], tuple[Silence, ...]]:
    of, traces = responses(sales, window), _traces(sales, look)
    # Hand-offs are in the order of their hand-over, so those of a window stand together.
    first = int(sales.handoffs.mql_at.searchsorted(of.handoffs.mql_at[0])) if len(of) else 0
    inside = slice(first, first + len(of))
    of_window = Traces(traces.contact_at[inside], traces.attempts[inside], traces.next_at[inside])
    return bursts(of, answer), silences(of, of_window)


@remembered(1)
def _traces(sales: Sales, look: Aside[Look]) -> Traces:
    return load_traces(look.given, sales.handoffs)


# What if?


@remembered(32)
def restated(
    sales: Sales, window: Window, answer: Answer, policy: Policy, group: SlaGroup | None = None
) -> tuple[Attainment, ...]:
    """How the promise would have been kept under another policy, together or by a group."""
    of = whatif.restated(responses(sales, window), sales.history, policy)
    return attainment(of, answer, None if group is None else group_of(of, group))


@remembered(16)
def staffed(sales: Sales, window: Window, policy: Policy, reps: tuple[Rep, ...]) -> Answering:
    """What share would have been decided in time under a policy by these reps, by replaying the queue."""
    of = whatif.restated(responses(sales, window), sales.history, policy)
    return whatif.staffed(of, sales.history, reps, window)
