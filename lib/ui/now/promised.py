"""How the promises are kept, as pages ask for it: remembered while the data, or the minute, stay the same.

Shared by all visitors and read-only; every cache is bounded.
"""

import io
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.charts.language import duration
from lib.config.definition import read_definition
from lib.core.arrays import NEVER
from lib.core.definition.criteria import Definition
from lib.core.definition.scoring import Explanation, explain
from lib.core.definition.words import match_in_words
from lib.core.handoffs.handoffs import Handoffs
from lib.core.handoffs.reps import Rep
from lib.core.leads.history import History, Lead
from lib.core.leads.people import Person
from lib.core.sla import whatif
from lib.core.sla.answering import Answering
from lib.core.sla.attainment import (
    Attainment,
    Curve,
    Group,
    Waiting,
    aging,
    attainment,
    by_name,
    group_of,
    handed_over_in,
    still_unanswered,
)
from lib.core.sla.attainment import inbox as inbox_of
from lib.core.sla.clocks import NO_PROMISE, Answer, Responses, fields_asked, promises_for, respond
from lib.core.sla.fairness import Adjusted, Burst, Silence, Traces, adjusted_attainment, bursts, silences
from lib.core.sla.promises import Policy
from lib.core.sla.working_time import HOUR
from lib.core.time import clock
from lib.core.time.window import Window
from lib.store.agreement.in_force import agreed_text
from lib.store.database import Database
from lib.store.handoffs.decisions import answers_given
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.leads import people as leads_people
from lib.store.leads.history import load_fields, newest_instant
from lib.store.sla.responses import load_traces
from lib.ui.frame.csv_file import csv_file
from lib.ui.now import asked

MINUTE = 60 * clock.MICROSECONDS

MINUTES_MATTER_HOURS = 100


def is_empty() -> bool:
    """Is there no data at all?"""
    return newest_instant(asked.database()) is None


def is_live() -> bool:
    """Does the page look at now? Data whose newest instant is a week old is looked at as of that."""
    return asked.as_of() > now() - clock.STALE_DAYS * 86_400 * clock.MICROSECONDS


def this_minute() -> int:
    """The instant who waits is looked at: now, to the minute, or that of old data."""
    return max(asked.as_of(), now() // MINUTE * MINUTE) if is_live() else asked.as_of()


def now() -> int:
    """The instant an answer is given, in microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


def responses(window: Window) -> Responses:
    """How everything handed over in the window was answered, as of now."""
    database = asked.database()
    return _responses(database, database.generation, asked.as_of(), window)


@lru_cache(maxsize=8)
def _responses(database: Database, generation: int, at: int, window: Window) -> Responses:
    of = handed_over_in(asked.handoffs(), window)
    return respond(of, _leads(database, database.history_generation), asked.reps(), asked.config().policy)


def waiting() -> Responses:
    """Everything that is open this minute, with its clocks."""
    database = asked.database()
    return _waiting(database, database.generation, asked.as_of(), this_minute())


@lru_cache(maxsize=2)
def _waiting(database: Database, generation: int, at: int, minute: int) -> Responses:
    every = asked.handoffs()
    still_open = replace(every.take(every.open), as_of=minute)
    return respond(still_open, _leads(database, database.history_generation), asked.reps(), asked.config().policy)


def waiting_for(answer: Answer) -> tuple[Waiting, ...]:
    """Who waits for a decision or a first touch this minute, the one that has waited longest first."""
    return aging(waiting(), answer).waiting


def inbox(owner: str) -> tuple[Waiting, ...]:
    """An owner's open hand-offs this minute, the one with the least time left first."""
    return inbox_of(waiting(), owner)


def to_qualify(owner: str) -> Handoffs:
    """An owner's accepted hand-offs that are no SQL yet and not lost, the newest decision first."""
    every = asked.handoffs()
    names = [name.strip() == owner.strip() for name in every.owner.values.to_pylist()]
    mine = np.array([*names, not owner.strip()], dtype=np.bool_)[every.owner.codes]
    pending = every.take(every.accepted & mine & (every.sql_at == NEVER) & (every.lost_at == NEVER))
    return pending.take(np.argsort(-pending.decided_at, kind="stable"))


def handoff(handoff_id: str) -> Handoffs | None:
    """One hand-off by its id, as a hand-off alone; None when there is none."""
    lead_id, _, cycle = handoff_id.rpartition(":")
    of_lead = load_handoffs(asked.database(), max(asked.as_of(), this_minute()), lead_id)
    found = of_lead.take(of_lead.cycle.astype(str) == cycle)
    return found if len(found) else None


def why(lead: Lead, at: int) -> Explanation:
    """The lead's score at an instant under the definition in force then."""
    return explain(definition_at(at), lead, at)


def definition_at(at: int) -> Definition:
    """The agreed definition in force at an instant."""
    database = asked.database()
    return _definition_at(database, database.generation, at)


@lru_cache(maxsize=256)
def _definition_at(database: Database, generation: int, at: int) -> Definition:
    version = agreed_text(database, at)
    return _definition(version.number, version.text)


@lru_cache(maxsize=16)
def _definition(number: int, text: str) -> Definition:
    return read_definition(text, f"agreed version {number}")


def people(lead_ids: Sequence[str]) -> dict[str, Person]:
    """Who these leads are, by id."""
    return leads_people.leads_of(asked.database(), lead_ids)


def owners() -> list[str]:
    """Whose leads there are: every rep, then the owners of open hand-offs who are none; the empty text is nobody."""
    reps = sorted(asked.reps(), key=lambda rep: (rep.name or rep.rep_id, rep.rep_id))
    known = {rep.rep_id for rep in reps}
    others = {(one.owner or "").strip() for one in waiting_for(Answer.DECISION)} - known
    return [*(rep.rep_id for rep in reps), *sorted(others)]


def overdue_in_words(overdue: int, waiting: int) -> str:
    """How many of those who wait are overdue: "none is overdue", "**2** are overdue", "**all** are overdue"."""
    if not overdue:
        return "none is overdue"
    if overdue == waiting > 1:
        return "**all** are overdue"
    return f"**{overdue:,}** {'is' if overdue == 1 else 'are'} overdue"


def left_in_words(one: Waiting) -> str:
    """The time left until the deadline, or since it: "3 h 20 min working"."""
    if one.left_hours is None:
        return "nothing promised"
    if one.left_hours < 0:
        return f"{working(-one.left_hours)} over"
    return working(one.left_hours)


def working(hours: float) -> str:
    """Working hours as people say them: "3 h 20 min working"; from a hundred on without the minutes."""
    return f"{duration(hours if hours < MINUTES_MATTER_HOURS else round(hours))} working"


def zone_of(one: Waiting) -> str:
    """The time zone of the calendar a hand-off's clock runs on."""
    of = waiting()
    return str(of.policy.calendars[of.calendar[one.row]].time_zone)


def share_left(of: Responses, one: Waiting, answer: Answer) -> float | None:
    """The share of the promised working time that is left, 0 when it is used up, None where nothing is promised."""
    if one.left_hours is None:
        return None
    promised = int(of.clock(answer).promised[one.row]) / HOUR
    return min(max(one.left_hours / promised, 0.0), 1.0)


def waiting_table(rows: Sequence[Waiting], answer: Answer) -> pd.DataFrame:
    """Those who wait, for a table: whose page, who, whose, how long, and how much time is left."""
    of = waiting()
    who = people([one.lead_id for one in rows])
    return pd.DataFrame(
        {
            "page": [asked.lead_page(one.lead_id) for one in rows],
            "state": [one.state.word or "" for one in rows],
            "name": [who[one.lead_id].name or one.lead_id for one in rows],
            "company": [who[one.lead_id].company for one in rows],
            "owner": [asked.rep_name(one.owner) if one.owner else "Nobody" for one in rows],
            "bar": [share_left(of, one, answer) for one in rows],
            "left": [left_in_words(one) for one in rows],
            "waited": [working(one.waited_hours) for one in rows],
            "below_line": ["drawn, to learn" if of.handoffs.below_line[one.row] else "" for one in rows],
        }
    )


def open_by_owner() -> dict[str, int]:
    """How many open hand-offs each owner has."""
    return Counter((one.owner or "").strip() for one in waiting_for(Answer.DECISION))


def answers_csv(first: date, last: date) -> io.BytesIO:
    """What was answered in the Inbox on these days, both included, and was not taken back; for the CRM."""
    start, end = (clock.day_start(day, asked.zone()) for day in (first, last + timedelta(days=1)))
    given = answers_given(asked.database(), start, end, max(now(), asked.as_of()))
    return csv_file(
        pd.DataFrame(
            {
                "event_id": [one.event_id for one in given],
                "lead_id": [one.lead_id for one in given],
                "handoff_id": [one.handoff_id for one in given],
                "at": [clock.instant_text(one.at) for one in given],
                "kind": [one.kind for one in given],
                "actor": [one.actor for one in given],
                "reason": [one.reason for one in given],
                "then": [one.fate for one in given],
                "note": [one.note for one in given],
            }
        )
    )


def as_of_then() -> str:
    """That old data is looked at as of its newest instant."""
    return f"The newest data is of {said_at(asked.as_of())}: this is as of then."


def said_at(microseconds: int, zone: str = "") -> str:
    """An instant as people say it, `24 Nov 2026, 11:00`, in the reporting time zone or another."""
    return clock.said_at(microseconds, ZoneInfo(zone) if zone else asked.zone())


@lru_cache(maxsize=1)
def _leads(database: Database, generation: int) -> History:
    return load_fields(database, fields_asked(asked.config().policy))


def promised_in_words(answer: Answer) -> str:
    """What is promised, in working time: "4 h where channel is inbound, else 16 h"; empty where nothing is."""
    words = [
        duration(promise.within_minutes / 60) + (f" where {match_in_words(promise.when)}" if promise.when else "")
        for promise in promises_for(asked.config().policy, answer)
    ]
    return ", else ".join(words)


def attained(window: Window, answer: Answer, group: Group | None = None) -> tuple[Attainment, ...]:
    """How a promise was kept for what was handed over in the window, together or by a group."""
    database = asked.database()
    return _attained(database, database.generation, asked.as_of(), window, answer, group)


@lru_cache(maxsize=32)
def _attained(
    database: Database, generation: int, at: int, window: Window, answer: Answer, group: Group | None
) -> tuple[Attainment, ...]:
    of = _responses(database, generation, at, window)
    return attainment(of, answer, None if group is None else group_of(of, group))


def answer_hours(window: Window, answer: Answer) -> npt.NDArray[np.float64]:
    """The working hours of every answer given; shape (answered,)."""
    clocked = responses(window).clock(answer)
    return np.asarray(clocked.rep_time[clocked.answered] / HOUR)


def usual_promise_hours(window: Window, answer: Answer) -> float | None:
    """The working hours promised most often in the window; None where nothing is promised."""
    promised = responses(window).clock(answer).promised
    values, times = np.unique(promised[promised != NO_PROMISE], return_counts=True)
    return float(values[times.argmax()]) / HOUR if values.size else None


def monday(group: str | None) -> date:
    """The week a group of attainment by week is."""
    return date.fromisoformat(group or "")


def undecided_by_team(window: Window, answer: Answer) -> dict[str, Curve]:
    """The share still unanswered by working hours, by team; those without a team are one more."""
    database = asked.database()
    return _undecided(database, database.generation, asked.as_of(), window, answer)


@lru_cache(maxsize=8)
def _undecided(database: Database, generation: int, at: int, window: Window, answer: Answer) -> dict[str, Curve]:
    of = _responses(database, generation, at, window)
    clocked = of.clock(answer)
    return {
        team or "No team": still_unanswered(clocked.rep_time[rows], clocked.answered[rows])
        for team, rows in by_name(group_of(of, Group.TEAM))
    }


# Is the comparison fair, and is anything made for the clock?


def fairly_compared(window: Window, answer: Answer) -> tuple[Adjusted, ...]:
    """Every owner's attainment after accounting for arrival hour and load."""
    database = asked.database()
    return _fairly_compared(database, database.generation, asked.as_of(), window, answer)


@lru_cache(maxsize=8)
def _fairly_compared(
    database: Database, generation: int, at: int, window: Window, answer: Answer
) -> tuple[Adjusted, ...]:
    return adjusted_attainment(_responses(database, generation, at, window), answer)


def made_for_the_clock(window: Window, answer: Answer) -> tuple[tuple[Burst, ...], tuple[Silence, ...]]:
    """By owner: answers just before the deadline, and accepted leads nothing came of."""
    database = asked.database()
    return _made_for_the_clock(database, database.generation, asked.as_of(), window, answer)


@lru_cache(maxsize=8)
def _made_for_the_clock(
    database: Database, generation: int, at: int, window: Window, answer: Answer
) -> tuple[tuple[Burst, ...], tuple[Silence, ...]]:
    of = _responses(database, generation, at, window)
    every, traces = asked.handoffs(), _traces(database, generation, at)
    # Hand-offs are in the order of their hand-over, so those of a window stand together.
    first = int(every.mql_at.searchsorted(of.handoffs.mql_at[0])) if len(of) else 0
    inside = slice(first, first + len(of))
    of_window = Traces(traces.contact_at[inside], traces.attempts[inside], traces.next_at[inside])
    return bursts(of, answer), silences(of, of_window)


@lru_cache(maxsize=1)
def _traces(database: Database, generation: int, at: int) -> Traces:
    return load_traces(database, asked.handoffs())


# What if?


def restated(window: Window, answer: Answer, policy: Policy, group: Group | None = None) -> tuple[Attainment, ...]:
    """How the promise would have been kept under another policy, together or by a group."""
    database = asked.database()
    return _restated(database, database.generation, asked.as_of(), window, answer, policy, group)


@lru_cache(maxsize=32)
def _restated(
    database: Database, generation: int, at: int, window: Window, answer: Answer, policy: Policy, group: Group | None
) -> tuple[Attainment, ...]:
    of = whatif.restated(
        _responses(database, generation, at, window), _leads(database, database.history_generation), policy
    )
    return attainment(of, answer, None if group is None else group_of(of, group))


def staffed(window: Window, policy: Policy, reps: tuple[Rep, ...]) -> Answering:
    """What share would have been decided in time under a policy by these reps, by replaying the queue."""
    database = asked.database()
    return _staffed(database, database.generation, asked.as_of(), window, policy, reps)


@lru_cache(maxsize=16)
def _staffed(
    database: Database, generation: int, at: int, window: Window, policy: Policy, reps: tuple[Rep, ...]
) -> Answering:
    leads_asked = _leads(database, database.history_generation)
    of = whatif.restated(_responses(database, generation, at, window), leads_asked, policy)
    return whatif.staffed(of, leads_asked, reps, window)
