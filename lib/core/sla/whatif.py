"""What another promise would have meant: other hours, calendars, holidays or reps, over what really happened.

Nothing is saved and nothing is guessed where it need not be: with another promise or
calendar the answers stay when they were, and are judged anew. With other reps they would have come at
other times, so those are replayed (`lib.core.sla.capacity`), with the team as it is beside it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from statistics import mean

import numpy as np

from lib.core.handoffs.reps import Rep
from lib.core.leads.history import History
from lib.core.sla.answering import Answering, answering
from lib.core.sla.clocks import Answer, Responses, promises_for, respond
from lib.core.sla.promises import Calendar, Policy
from lib.core.sla.queueing import observed_pace
from lib.core.time.window import Window


def promising(policy: Policy, answer: Answer, within_minutes: Sequence[int]) -> Policy:
    """The policy with other working times promised, one for each promise there is, in their order."""
    promises = tuple(
        replace(promise, within_minutes=minutes)
        for promise, minutes in zip(promises_for(policy, answer), within_minutes, strict=True)
    )
    return replace(policy, **{answer.value: promises})  # type: ignore[arg-type]


def on_calendar(policy: Policy, calendar: Calendar) -> Policy:
    """The policy with this calendar in the place of the one of its name; KeyError where there is none."""
    policy.calendar(calendar.name)
    changed = tuple(calendar if one.name == calendar.name else one for one in policy.calendars)
    return replace(policy, calendars=changed)


def with_holiday(policy: Policy, day: date) -> Policy:
    """The policy with one more day on which no interval of any calendar starts."""

    def closed(calendar: Calendar) -> Calendar:
        listed = calendar.holidays
        off = replace(
            listed, also=(*listed.also, day), excepted=tuple(other for other in listed.excepted if other != day)
        )
        return replace(calendar, holidays=off)

    return replace(policy, calendars=tuple(closed(calendar) for calendar in policy.calendars))


def restated(responses: Responses, leads: History, policy: Policy) -> Responses:
    """The same hand-offs, answered when they were, under another policy; `leads` as for `respond`."""
    return respond(responses.handoffs, leads, responses.reps, policy)


def with_reps(reps: Sequence[Rep], team: str | None, count: int) -> tuple[Rep, ...]:
    """The reps with so many in a team: its first ones, and new ones with its first one's calendar and mean capacity.

    Raises ValueError for a team nobody is in, of which nothing is known, and for a negative count.
    """
    members = [rep for rep in reps if rep.team == team]
    if not members or count < 0:
        raise ValueError(f"cannot have {count} reps in team {team!r} of {len(members)}")
    known = [rep.capacity_per_day for rep in members if rep.capacity_per_day is not None]
    newcomers = (
        Rep(f"{team or 'rep'} +{n}", None, team, members[0].calendar, mean(known) if known else None)
        for n in range(1, count - len(members) + 1)
    )
    gone = members[count:]
    return (*(rep for rep in reps if rep not in gone), *newcomers)


def staffed(responses: Responses, leads: History, reps: Sequence[Rep], window: Window) -> Answering:
    """What share of the window's hand-offs would have been decided in time by these reps.

    First come first served, each rep at the pace seen of them, a newcomer at
    everybody's. Set it beside the same of `responses.reps`: both are replays.
    `leads` as for `respond`.
    """
    order = np.argsort(responses.started_at, kind="stable")
    observed = respond(responses.handoffs, leads, reps, responses.policy)
    return answering(
        threshold=0,
        arrived=responses.started_at[order],
        promised=responses.decision.promised[order],
        reps=reps,
        policy=responses.policy,
        pace=observed_pace(observed),
        window=window,
        as_of=responses.handoffs.as_of,
    )
