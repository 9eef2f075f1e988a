"""What was handed over and what became of it: questions about the hand-offs that pass a filter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Concatenate, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.app.remembered import remembered
from lib.app.snapshot import InForce, Leads, Sales, Snapshot
from lib.core.arrays import NEVER, UNKNOWN, Column, Instants
from lib.core.definition.criteria import Category, Definition
from lib.core.folding import fold, spelt_alike
from lib.core.funnel import cohorts, costs, differences, goals, lost, moved, rejections
from lib.core.funnel.costs import ChannelCost, lead_totals
from lib.core.funnel.differences import Metric
from lib.core.funnel.lost import LostFor
from lib.core.funnel.pace import month_by_day
from lib.core.funnel.rhythm import rhythm
from lib.core.handoffs import choosing
from lib.core.handoffs.choosing import Filter
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.replay import contributions, replay
from lib.core.sla.promises import DEFAULT_CALENDAR
from lib.core.sla.working_time import days_off
from lib.core.statistics.rates import Rate, Verdict, rate
from lib.core.time import clock
from lib.core.time.periods import By, periods
from lib.core.time.window import Window

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

CHOICES_REMEMBERED = 4
"""Filtered hand-offs: each at most 20 MB for 150,000."""

ANSWERS_REMEMBERED = 128
"""What the core says about hand-offs: tens of rows each."""

EVERYTHING = Filter()


@remembered(CHOICES_REMEMBERED)
def chosen(sales: Sales, only: Filter) -> Handoffs:
    """The hand-offs that pass a filter; those drawn below the line are in no team's figures."""
    return choosing.chosen(sales.handoffs.mqls(), only)


def ask(
    sales: Sales,
    question: Callable[Concatenate[Handoffs, Asked], Answer],
    only: Filter,
    *given: Asked.args,
    **named: Asked.kwargs,
) -> Answer:
    """What a function of the core says about the hand-offs that pass a filter; what it is given must be hashable."""
    return cast("Answer", _ask(sales, question, only, given, tuple(sorted(named.items()))))


@remembered(ANSWERS_REMEMBERED)
def _ask(
    sales: Sales,
    question: Callable[..., object],
    only: Filter,
    given: tuple[object, ...],
    named: tuple[tuple[str, object], ...],
) -> object:
    return question(chosen(sales, only), *given, **dict(named))


# By groups.


class Grouping(StrEnum):
    """What acceptance is looked at by."""

    CHANNEL = "channel"
    SOURCE = "source"
    OWNER = "owner"
    TITLE = "title"
    SCORE = "score"


def groups(snapshot: Snapshot, only: Filter, by: Grouping) -> Column:
    """The group of each hand-off that passes a filter; title levels are the agreed definition's."""
    return _groups(snapshot.sales, only, by, snapshot.definition if by is Grouping.TITLE else None)


@remembered(CHOICES_REMEMBERED * len(Grouping))
def _groups(sales: Sales, only: Filter, by: Grouping, definition: Definition | None) -> Column:
    of = chosen(sales, only)
    if definition is not None:
        return choosing.title_levels(of, sales.history, definition)
    return choosing.score_bands(of) if by is Grouping.SCORE else cast("Column", getattr(of, by))


def standings(snapshot: Snapshot, only: Filter, window: Window, by: Grouping) -> tuple[differences.GroupStanding, ...]:
    """How often sales accepts each group's leads, against all others together."""
    return ask(snapshot.sales, differences.standings, only, window, groups(snapshot, only, by))


# By criterion.


@dataclass(frozen=True, eq=False)
class Earned:
    """The hand-offs of a window, and the points (h, criteria) each criterion of the agreed definition gave them."""

    handoffs: Handoffs
    criteria: tuple[str, ...]
    points: npt.NDArray[np.float64]

    def by(self, criterion_id: str) -> Column:
        """Which hand-offs had points of a criterion: its id, else unknown."""
        earned = self.points[:, self.criteria.index(criterion_id)] != 0.0
        return Column(np.where(earned, 0, UNKNOWN).astype(np.int32), pa.array([criterion_id], pa.string()))


@remembered(2)
def earned(snapshot: Snapshot, only: Filter, window: Window) -> Earned:
    """What each criterion had given at the instant of the hand-over."""
    of = chosen(snapshot.sales, only)
    inside = of.take(periods(window, By.WINDOW, of.as_of).of(of.mql_at) >= 0)
    rows = choosing.lead_rows(inside, snapshot.leads.history)
    definition = snapshot.definition
    return Earned(inside, *contributions(snapshot.leads.index.hits(definition), definition, rows, inside.mql_at))


@remembered(CHOICES_REMEMBERED)
def criteria_in_decisions(
    snapshot: Snapshot, only: Filter, window: Window
) -> tuple[rejections.CriterionInDecisions, ...]:
    """How often rejected leads, and how often accepted ones, had points of each criterion."""
    of = earned(snapshot, only, window)
    return rejections.criteria_in_decisions(of.handoffs, of.criteria, of.points)


@remembered(CHOICES_REMEMBERED)
def criteria_by_reason(snapshot: Snapshot, only: Filter, window: Window) -> Mapping[str | None, tuple[Rate, ...]]:
    """For each reason, how many of those rejected for it had points of each criterion, in the order of `earned`."""
    of = earned(snapshot, only, window)
    return rejections.criteria_by_reason(of.handoffs, of.criteria, of.points)


class Closers(StrEnum):
    """Whose SQLs may not close."""

    CHANNELS = "channels"
    SOURCES = "sources"
    ACTIONS = "actions"


@dataclass(frozen=True)
class Closing:
    """Those whose SQLs are won least first, and how many of all SQLs that had their time were won."""

    groups: tuple[differences.Closing, ...]
    overall: Rate


@remembered(CHOICES_REMEMBERED * len(Closers))
def closing(snapshot: Snapshot, window: Window, closers: Closers) -> Closing:
    """How many SQLs are won of each channel, each source, or after each action criterion, by its label."""
    grouping = {Closers.CHANNELS: Grouping.CHANNEL, Closers.SOURCES: Grouping.SOURCE}
    by_source = ask(
        snapshot.sales, differences.closing, EVERYTHING, window, groups(snapshot, EVERYTHING, Grouping.SOURCE)
    )
    rates = [one.comparison.rate for one in by_source]
    overall = rate(sum(one.successes for one in rates), sum(one.trials for one in rates))
    if closers is not Closers.ACTIONS:
        column = groups(snapshot, EVERYTHING, grouping[closers])
        return Closing(ask(snapshot.sales, differences.closing, EVERYTHING, window, column), overall)
    of = earned(snapshot, EVERYTHING, window)
    labels = {one.id: one.label for one in snapshot.definition.active() if one.category is Category.ACTIONS}
    places = [place for place, criterion in enumerate(of.criteria) if criterion in labels]
    deeds = [labels[of.criteria[place]] for place in places]
    return Closing(differences.closing_by_deed(of.handoffs, deeds, of.points[:, places]), overall)


# Weeks and months.


def last_week(snapshot: Snapshot) -> Window:
    """The last whole week."""
    end = snapshot.default_window.end
    return snapshot.policy.window(end - timedelta(weeks=1), end)


def twelve_months(snapshot: Snapshot) -> Window:
    """The month of now and the eleven before it."""
    month = clock.day_of(snapshot.as_of, snapshot.zone).replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    return snapshot.policy.window(after.replace(year=after.year - 1), after)


def changes_of_last_week(snapshot: Snapshot) -> tuple[differences.MetricChange, ...]:
    """The last whole week against the one before it."""
    week = last_week(snapshot)
    before = week.days(week.start - timedelta(weeks=1), week.start)
    return ask(snapshot.sales, differences.changes, EVERYTHING, before, week)


def waiting(snapshot: Snapshot) -> cohorts.WaitingCount:
    """Who waits for sales' answer now."""
    return ask(snapshot.sales, cohorts.waiting, EVERYTHING)


def waiting_by_week(snapshot: Snapshot) -> tuple[cohorts.WaitingCount, ...]:
    """Who waited for sales' answer at the end of each week of the default window."""
    ends = snapshot.default_window.edges()[1:].tolist()
    return tuple(ask(snapshot.sales, cohorts.waiting, EVERYTHING, end) for end in ends)


def something_is_promised(snapshot: Snapshot) -> bool:
    """Is any hand-off due at all? Without a promise none can be overdue, and nothing should say that none is."""
    return bool((snapshot.handoffs.due_at != NEVER).any())


def goal(snapshot: Snapshot, metric: str) -> goals.GoalProgress | None:
    """This month's goal of a metric (`mql`, `sal`, `sql`) and how far it is; None where it has none."""
    return goals.goal_progress(
        snapshot.handoffs, metric, snapshot.goals[metric], snapshot.zone, holidays(snapshot.sales)
    )


@dataclass(frozen=True)
class GoalByDay:
    """A month's days, what a goal's metric had come to by the end of each up to now, and how many average days each
    of them makes it."""

    days: tuple[date, ...]
    reached: tuple[int, ...]
    average_days: tuple[float, ...]


def goal_by_day(snapshot: Snapshot, metric: str) -> GoalByDay:
    """This month's goal of a metric, day by day."""
    instants = goals.counted(snapshot.handoffs, metric)
    days, reached = month_by_day(instants, snapshot.as_of, snapshot.zone)
    off = holidays(snapshot.sales)
    return GoalByDay(days, reached, rhythm(instants, snapshot.as_of, snapshot.zone, off).by_day(days))


@remembered(1)
def holidays(sales: Sales) -> frozenset[date]:
    """The holidays of the default calendar around now: what they bring is what Sundays do."""
    year = clock.day_of(sales.as_of, ZoneInfo(sales.policy.time_zone)).year
    default = next(one for one in sales.policy.calendars if one.name == DEFAULT_CALENDAR)
    return days_off(default.holidays, year - 1, year + 1)


PACES = (
    (Metric.MQL, By.WEEK),
    (Metric.MQL, By.MONTH),
    (Metric.SQL, By.MONTH),
    (Metric.WON, By.MONTH),
)
"""What Review's figures set against the week or month before."""


def paces(snapshot: Snapshot) -> tuple[differences.JudgedPace, ...]:
    """The running week and month beside the ones before, and which differences are real."""
    off = holidays(snapshot.sales)
    return ask(snapshot.sales, differences.paces, EVERYTHING, PACES, snapshot.default_window, off)


def accepted_last_week(snapshot: Snapshot) -> Verdict:
    """Did sales accept really more, or less, of what it decided last week than in the week before?"""
    whole = [one for one in changes_of_last_week(snapshot) if one.grouping is None]
    return next(one.verdict for one in whole if one.metric is Metric.ACCEPTANCE)


# Why MQLs moved.


@dataclass(frozen=True)
class WhyMoved:
    """The MQLs of two periods and what moved them: the parts sum to the difference.

    `then` and `now` are the versions in force as each period ended.
    """

    before: int
    after: int
    parts: tuple[moved.Part, ...]
    then: InForce
    now: InForce


def weeks_to_choose(snapshot: Snapshot, weeks: int) -> tuple[date, ...]:
    """The first days of weeks from which so many have passed, the newest first, back to the first hand-off."""
    first = clock.week_of(clock.day_of(int(snapshot.handoffs.mql_at.min()), snapshot.zone), snapshot.policy.week_starts)
    last = snapshot.default_window.end - timedelta(weeks=weeks)
    return tuple(last - timedelta(weeks=n) for n in range(max((last - first).days // 7 + 1, 0)))


@remembered(32)
def why_moved(snapshot: Snapshot, earlier: date, later: date, weeks: int) -> WhyMoved:
    """Between so many weeks from one day and as many from another."""
    policy, leads = snapshot.policy, snapshot.leads
    was, became = (policy.window(start, start + timedelta(weeks=weeks)) for start in (earlier, later))
    # The version in force as each ends: its last instant.
    then, now = (snapshot.agreed.at(int(window.edges()[-1]) - 1) for window in (was, became))
    by_before, by_after = (_qualified_at(leads, one.definition, snapshot.as_of) for one in (then, now))
    grown = moved.Grown(spelt_alike(leads.history.fields["channel"]), leads.history.created_at, by_before, by_after)
    handoffs = chosen(snapshot.sales, EVERYTHING)
    before, after = (moved.handed_over(handoffs, window) for window in (was, became))
    return WhyMoved(before, after, moved.parts(grown, handoffs, was, became), then, now)


@remembered(4)
def _qualified_at(leads: Leads, definition: Definition, as_of: int) -> Instants:
    """When each lead first qualifies; the edges say nothing of that."""
    edges = np.array([0, as_of + 1], dtype=np.int64)
    return replay(leads.index.hits(definition), definition, as_of=as_of, edges=edges).qualified_at


# Leads and money.


def leads_created(snapshot: Snapshot, only: Filter, window: Window) -> int:
    """How many leads that pass a filter were created in a window."""
    return _leads_created(snapshot.leads, only, window, snapshot.as_of)


@remembered(32)
def _leads_created(leads: Leads, only: Filter, window: Window, as_of: int) -> int:
    totals = lead_totals(leads.history, window, By.WINDOW, as_of, only.owner)
    asked_for = [
        (wanted, name) for wanted, name in ((only.channel, "channel"), (only.source, "source")) if wanted is not None
    ]
    return sum(
        one.leads for one in totals if all(fold(getattr(one, name) or "") == fold(wanted) for wanted, name in asked_for)
    )


@remembered(8)
def costs_of(snapshot: Snapshot, window: Window) -> tuple[ChannelCost, ...]:
    """What each channel's MQL, SAL, SQL and win of a window cost."""
    created = lead_totals(snapshot.leads.history, window, By.MONTH, snapshot.as_of, None)
    return costs.costs(chosen(snapshot.sales, EVERYTHING), window, snapshot.spends, created)


@remembered(8)
def lost_for(snapshot: Snapshot, window: Window) -> tuple[LostFor, ...]:
    """Why hand-offs of a window were lost, and what they were worth."""
    return lost.lost_for(chosen(snapshot.sales, EVERYTHING), window, snapshot.losses)
