"""Who waits and what is promised, as people say it: time left, time waited, a table of those who wait."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from lib.app import inbox, leads, sla
from lib.app.snapshot import Snapshot
from lib.charts.language import duration
from lib.core.definition.words import match_in_words
from lib.core.sla.attainment import Waiting
from lib.core.sla.clocks import Answer, ClockState, Responses, promises_for
from lib.core.sla.working_time import HOUR
from lib.core.time import clock
from lib.ui.frame.csv_file import csv_file
from lib.ui.frame.lead_tables import lead_page
from lib.ui.now import present

MINUTES_MATTER_HOURS = 100


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
    if one.state is ClockState.OVERDUE:
        # Due at the end of a Friday, on Saturday no working time has passed since: it is over all the same.
        return f"{working(-one.left_hours)} over"
    return working(one.left_hours)


def working(hours: float) -> str:
    """Working hours as people say them: "3 h 20 min working"; from a hundred on without the minutes."""
    return f"{duration(hours if hours < MINUTES_MATTER_HOURS else round(hours))} working"


def zone_of(of: Responses, one: Waiting) -> str:
    """The time zone of the calendar a hand-off's clock runs on."""
    return str(of.policy.calendars[of.calendar[one.row]].time_zone)


def share_left(of: Responses, one: Waiting, answer: Answer) -> float | None:
    """The share of the promised working time that is left, 0 when it is used up, None where nothing is promised."""
    if one.left_hours is None:
        return None
    promised = int(of.clock(answer).promised[one.row]) / HOUR
    return min(max(one.left_hours / promised, 0.0), 1.0)


def table(snapshot: Snapshot, of: Responses, rows: Sequence[Waiting], answer: Answer) -> pd.DataFrame:
    """Some of those who wait: whose page, who, whose, how long, and how much time is left."""
    who = leads.introduced(snapshot.leads, [one.lead_id for one in rows])
    return pd.DataFrame(
        {
            "page": [lead_page(one.lead_id) for one in rows],
            "lead_id": [one.lead_id for one in rows],
            "state": [one.state.word or "" for one in rows],
            "name": [who[one.lead_id].name or one.lead_id for one in rows],
            "company": [who[one.lead_id].company for one in rows],
            "owner": [sla.rep_name(snapshot.sales, one.owner) if one.owner else "Nobody" for one in rows],
            "bar": [share_left(of, one, answer) for one in rows],
            "left": [left_in_words(one) for one in rows],
            "waited": [working(one.waited_hours) for one in rows],
            "below_line": ["drawn, to learn" if of.handoffs.below_line[one.row] else "" for one in rows],
        }
    )


def answers_csv(first: date, last: date) -> io.BytesIO:
    """What was answered in the Inbox on these days, both included, and was not taken back; for the CRM."""
    start, end = (clock.day_start(day, present.zone()) for day in (first, last + timedelta(days=1)))
    given = inbox.given(present.deployment(), start, end)
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


def as_of_then(snapshot: Snapshot) -> str:
    """That old data is looked at as of its newest instant."""
    return f"The newest data is of {said_at(snapshot.as_of)}: this is as of then."


def said_at(microseconds: int, zone: str = "") -> str:
    """An instant as people say it, `24 Nov 2026, 11:00`, in the reporting time zone or another."""
    return clock.said_at(microseconds, ZoneInfo(zone) if zone else present.zone())


def promised_in_words(answer: Answer) -> str:
    """What is promised, in working time: "4 h where channel is inbound, else 16 h"; empty where nothing is."""
    words = [
        duration(promise.within_minutes / 60) + (f" where {match_in_words(promise.when)}" if promise.when else "")
        for promise in promises_for(present.deployment().config.policy, answer)
    ]
    return ", else ".join(words)


def monday(group: str | None) -> date:
    """The week that a group by week is."""
    return date.fromisoformat(group or "")
