"""What the Meeting page asks: the agenda as it stands, and the notes of every meeting."""

from collections.abc import Iterator
from datetime import date, timedelta

from lib.app import agreed, funnel
from lib.app import meetings as meetings_of
from lib.app.snapshot import Snapshot
from lib.core.agreement import meetings
from lib.core.agreement.audit import Head
from lib.core.agreement.meetings import AgendaItem, Note, NoteState
from lib.core.agreement.versions import Version, VersionState
from lib.core.funnel import cohorts
from lib.core.handoffs.choosing import Filter
from lib.core.time import clock
from lib.ui.agreement import standing
from lib.ui.frame import elements, visitor
from lib.ui.now import present


def today() -> date:
    """The day it is, in the reporting time zone."""
    return clock.day_of(present.now(), present.zone())


def notes() -> tuple[Note, ...]:
    """Every note there is; never from memory, for others write meanwhile."""
    return meetings_of.notes(present.deployment())


def chain_head() -> Head:
    """Where the audit chain ends now."""
    return agreed.chain_head(present.deployment())


def agenda(snapshot: Snapshot, every: tuple[Note, ...]) -> tuple[AgendaItem, ...]:
    """What is open now: the agreement first, then what came of it, then sales' answers, goals and actions."""
    versions = standing.load()
    return (
        *_agreement(versions),
        *_outcomes(versions),
        *_overdue(snapshot),
        *_goals(snapshot),
        *_actions(every),
    )


def _agreement(every: list[Version]) -> Iterator[AgendaItem]:
    for version in every:
        page = f"/agreement?version={version.number}"
        if version.state is VersionState.PROPOSED:
            missing = " and ".join(version.missing)
            yield AgendaItem(
                f"Version {version.number}, proposed by {version.proposed_by}, waits for {missing} to sign.", page
            )
    for version in standing.waiting_for_start(every):
        yield AgendaItem(
            f"Version {version.number} is agreed and has not begun yet.", f"/agreement?version={version.number}"
        )


def _outcomes(every: list[Version]) -> Iterator[AgendaItem]:
    for version in every:
        came = [check for check in standing.checks(every, version) if check.outcome is not None]
        if came and version.state is VersionState.AGREED and came[-1].outcome is not None:
            outcome = came[-1].outcome
            yield AgendaItem(
                f"Version {version.number} after {came[-1].weeks} weeks: {elements.rate(outcome.mqls_per_week)} MQLs a "
                f"week, {elements.rate(outcome.predicted.mqls_per_week)} were predicted.",
                f"/agreement?version={version.number}",
            )


def _overdue(snapshot: Snapshot) -> Iterator[AgendaItem]:
    late = (
        funnel.ask(snapshot.sales, cohorts.waiting, Filter()).past_due if funnel.something_is_promised(snapshot) else 0
    )
    if late:
        some = "1 hand-off is" if late == 1 else f"{late:,} hand-offs are"
        yield AgendaItem(f"{some} open past what was promised.", "/sla")


def _goals(snapshot: Snapshot) -> Iterator[AgendaItem]:
    for metric in ("mql", "sal", "sql"):
        goal = funnel.goal(snapshot, metric)
        if goal is None or goal.pace_per_day is None or not goal.needed_per_day:
            continue
        if goal.needed_per_day > goal.pace_per_day:
            aim = f"{goal.month:%B}'s goal of {goal.target:,.0f} {metric.upper()}s: {goal.reached:,} so far"
            pace = f"each average day left needs {goal.needed_per_day:,.1f} where one brought {goal.pace_per_day:,.1f}"
            yield AgendaItem(f"{aim}, and {pace}.", "/review")


def _actions(every: tuple[Note, ...]) -> Iterator[AgendaItem]:
    for action in meetings.open_actions(every):
        if action.due is not None:
            late = "is overdue since" if action.is_overdue(today()) else "is due on"
            yield AgendaItem(f"{action.owner}: “{action.text}” {late} {elements.day(action.due)}.", "/meeting")


def decide(text: str) -> Note:
    """Keep a decision of today's meeting."""
    return meetings_of.decide(present.deployment(), text, visitor.grant())


def act(text: str, owner: str | None, due: date | None) -> Note:
    """Keep an action of today's meeting."""
    return meetings_of.act(present.deployment(), text, owner, due, visitor.grant())


def mark(note: Note, state: NoteState) -> Note:
    """Say what became of a note."""
    return meetings_of.mark(present.deployment(), note.number, state, visitor.grant())


def next_week() -> date:
    """The day an action is due where nobody says."""
    return today() + timedelta(weeks=1)
