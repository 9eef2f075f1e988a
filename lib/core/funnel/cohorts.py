"""The funnel: cohorts and conversion, rejections, goals, costs, and which differences in them are real.

Everything here is about hand-offs as of one instant (`Handoffs.as_of`). Leads are
grouped by a `Column` of shape (h,): any text a hand-off has, None where blank. What
was drawn below the line is in neither team's figures: pass `Handoffs.mqls()`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.definition.criteria import MICROSECONDS_PER_DAY, Category, Definition, FieldMatch
from lib.core.definition.matching import Mask, leads_knowing, leads_meeting
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import UNKNOWN, Column, History, Instants
from lib.core.replay.preview import Window
from lib.core.replay.replay import NEVER
from lib.core.statistics.rates import (
    Comparison,
    Rate,
    Separation,
    Verdict,
    compared,
    compared_with_rest,
    holm,
    rates,
    separation,
    two_counts,
    two_proportions,
    verdict,
)
from lib.core.time.clock import MICROSECONDS, day_of, day_start, weeks_touching

HORIZONS_DAYS = (30, 60, 90)
"""Within so many days of the hand-over an SQL is looked for."""

CLOSING_DAYS = 90
"""An SQL younger than this has not had its time to close."""

BAND_POINTS = 10
"""Scores at hand-over are looked at in bands this wide."""

BLANK = ""
"""As a filter: those where it is unknown."""

OTHER_TITLES = "Other titles"


class By(StrEnum):
    """What one period is; a window as a whole is one of its own."""

    WEEK = "week"
    MONTH = "month"
    WINDOW = "window"


class Group(StrEnum):
    """What every hand-off can be grouped by."""

    CHANNEL = "channel"
    SOURCE = "source"
    OWNER = "owner"
    REASON = "reason"


class Outcome(StrEnum):
    """What became of a hand-off, as far as one bar or cell is about it."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OPEN = "open"
    PAST_DUE = "past_due"
    SQL = "sql"
    WON = "won"
    LOST = "lost"


# Which hand-offs.


@dataclass(frozen=True, slots=True)
class Filter:
    """The hand-offs of one channel, source, owner, or several of these; None is any, BLANK the unknown."""

    channel: str | None = None
    source: str | None = None
    owner: str | None = None


def chosen(handoffs: Handoffs, only: Filter) -> Handoffs:
    """The hand-offs that pass the filter."""
    asked = ((handoffs.channel, only.channel), (handoffs.source, only.source), (handoffs.owner, only.owner))
    passing = [_is(column, value or None) for column, value in asked if value is not None]
    return handoffs.take(np.logical_and.reduce(passing)) if passing else handoffs


def behind(
    handoffs: Handoffs,
    window: Window,
    outcome: Outcome | None = None,
    of: Sequence[tuple[Column, str | None]] = (),
) -> Handoffs:
    """The hand-offs behind one bar or cell, the newest first.

    Those of the window with this outcome (None: any) and in each of the groups: a
    column (h,) and the value in it, None for the blank.
    """
    mask = periods(window, By.WINDOW, handoffs.as_of).of(handoffs.mql_at) >= 0
    if outcome is not None:
        mask &= _with(handoffs, outcome)
    for column, value in of:
        mask &= _is(column, value)
    return handoffs.take(np.flatnonzero(mask)[::-1])


def _with(handoffs: Handoffs, outcome: Outcome) -> Mask:
    if outcome in (Outcome.SQL, Outcome.WON, Outcome.LOST):
        return np.asarray(getattr(handoffs, f"{outcome}_at") != NEVER)
    return np.asarray(getattr(handoffs, outcome))


def _is(column: Column, value: str | None) -> Mask:
    code = UNKNOWN if value is None else pc.index(column.values, value).as_py()
    # A value that is nowhere has the index -1 too, and it is not the blank.
    return np.asarray(column.codes == code) if value is None or code >= 0 else np.zeros(len(column.codes), np.bool_)


# What they are grouped by.


def group_of(handoffs: Handoffs, group: Group) -> Column:
    """The column a grouping looks at."""
    column: Column = getattr(handoffs, group)
    return column


def score_bands(handoffs: Handoffs, points: int = BAND_POINTS) -> Column:
    """The score at hand-over in bands of so many points, the lowest first: "60 to 69"."""
    known = ~np.isnan(handoffs.score)
    lows = np.floor_divide(np.where(known, handoffs.score, 0), points).astype(np.int64)
    distinct, codes = np.unique(lows[known], return_inverse=True)
    banded = np.full(len(handoffs), UNKNOWN, dtype=np.int32)
    banded[known] = codes
    return Column(banded, pa.array([f"{low * points} to {low * points + points - 1}" for low in distinct], pa.string()))


def lead_rows(handoffs: Handoffs, history: History) -> npt.NDArray[np.int64]:
    """The row of each hand-off's lead in the history; every lead of a hand-off is in it."""
    handed_over = handoffs.lead_id.dictionary_encode()
    # The fewer ids are looked among, the faster: the leads among those handed over, not the other way round.
    place = pc.index_in(history.lead_id, value_set=handed_over.dictionary).fill_null(UNKNOWN).to_numpy()
    row = np.zeros(len(handed_over.dictionary), dtype=np.int64)
    row[place[place >= 0]] = np.flatnonzero(place >= 0)
    return np.asarray(row[handed_over.indices.to_numpy()])


def title_levels(history: History, definition: Definition, rows: npt.NDArray[np.int64]) -> Column:
    """How high the leads of some rows (r,) rank, in the definition's own words.

    The label of the first profile criterion that asks for a title and is met;
    "Other titles" where none is; unknown where the title is.
    """
    ranks = [
        criterion
        for criterion in definition.active()
        if criterion.category is Category.PROFILE
        and isinstance(criterion.match, FieldMatch)
        and all(condition.field == "title" for condition in criterion.match.conditions)
    ]
    level = np.where(leads_knowing(history, ("title",)), len(ranks), UNKNOWN)
    for place, criterion in reversed(list(enumerate(ranks))):
        assert isinstance(criterion.match, FieldMatch)  # noqa: S101  (for mypy)
        level = np.where(leads_meeting(history, criterion.match), place, level)
    labels = [*(criterion.label for criterion in ranks), OTHER_TITLES]
    return Column(level[rows].astype(np.int32), pa.array(labels, pa.string()))


# Periods.


@dataclass(frozen=True, eq=False)
class Periods:
    """The p periods that touch a window and have begun by the instant looked at, cut to the window.

    `edges` (p + 1,) are where each begins and the last one ends, inside the
    window; `ends` (p,) where each ends by the calendar; `partial` says which the window cuts.
    """

    first_days: tuple[date, ...]
    edges: Instants
    ends: Instants
    partial: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.first_days)

    def of(self, instants: Instants) -> npt.NDArray[np.int64]:
        """The number of the period each instant lies in, -1 where it lies in none."""
        number = np.searchsorted(self.edges, instants, side="right") - 1
        return np.where(number < len(self), number, -1)


def periods(window: Window, by: By, as_of: int) -> Periods:
    """The window's weeks (from Monday), its months, or the window itself, in the reporting time zone."""
    zone = ZoneInfo(window.zone)
    days = _first_days(window, by)
    starts = [day_start(day, zone) for day in days]
    begun = [n for n, start in enumerate(starts[:-1]) if max(start, day_start(window.start, zone)) <= as_of]
    kept = starts[: len(begun) + 1] if begun else [day_start(window.start, zone)]
    return Periods(
        first_days=tuple(days[n] for n in begun),
        edges=np.clip(kept, day_start(window.start, zone), day_start(window.end, zone)).astype(np.int64),
        ends=np.array(kept[1:], dtype=np.int64),
        partial=tuple(days[n] < window.start or days[n + 1] > window.end for n in begun),
    )


def _first_days(window: Window, by: By) -> list[date]:
    """The first days of the periods, and the day after the last one."""
    match by:
        case By.WEEK:
            weeks = weeks_touching(window.start, window.end)
            return [*weeks, weeks[-1] + timedelta(weeks=1)]
        case By.MONTH:
            months = [window.start.replace(day=1)]
            while months[-1] < window.end:
                months.append((months[-1] + timedelta(days=32)).replace(day=1))
            return months
        case By.WINDOW:
            return [window.start, window.end]


# Cohorts.


@dataclass(frozen=True, slots=True)
class Cohort:
    """The hand-offs of one period, or of one group in it, and what became of them.

    `period` is its first day, `group` None for the blank one (and where nothing
    is grouped). `sql_within` and `mature` are by HORIZONS_DAYS. `acceptance` is accepted ÷ handed over,
    `of_decided` accepted ÷ decided, `efficiency` SQL ÷ handed over.
    """

    period: date
    partial: bool
    group: str | None
    handoffs: int
    accepted: int
    rejected: int
    open: int
    open_past_due: int
    sql: int
    won: int
    lost: int
    won_amount: float
    acceptance: Rate
    of_decided: Rate
    past_due: Rate
    sql_within: tuple[Rate, ...]
    efficiency: Rate
    mature: tuple[bool, ...]


def cohorts(handoffs: Handoffs, window: Window, by: By, group: Column | None = None) -> tuple[Cohort, ...]:
    """The cohorts of a window by period; with a `group` (h,), those groups of each period that have any hand-off.

    Groups are in the order of the column's values, the blank one last.
    """
    split = periods(window, by, handoffs.as_of)
    groups = 1 if group is None else len(group.values) + 1
    cell = split.of(handoffs.mql_at)
    counted = cell >= 0
    if group is not None:
        # The blank group comes last: -1 from the end.
        cell = cell * groups + group.codes % groups

    def count(mask: Mask, weights: npt.NDArray[np.float64] | None = None) -> npt.NDArray[Any]:
        rows = np.flatnonzero(mask & counted)
        return np.bincount(cell[rows], None if weights is None else weights[rows], minlength=len(split) * groups)

    won = handoffs.won_at != NEVER
    sql = handoffs.sql_at != NEVER
    took = np.where(sql, handoffs.sql_at, 0) - handoffs.mql_at
    sums = {
        "handoffs": count(np.ones(len(handoffs), dtype=np.bool_)),
        "accepted": count(handoffs.accepted),
        "rejected": count(handoffs.rejected),
        "open": count(handoffs.open),
        "open_past_due": count(handoffs.past_due),
        "sql": count(sql),
        "won": count(won),
        "lost": count(handoffs.lost_at != NEVER),
    }
    within = [count(sql & (took <= days * MICROSECONDS_PER_DAY)) for days in HORIZONS_DAYS]
    amounts = count(won & ~np.isnan(handoffs.amount), handoffs.amount)
    shown = np.arange(len(split)) if group is None else np.flatnonzero(sums["handoffs"])
    of_cell = {name: counts[shown].astype(np.int64) for name, counts in sums.items()}
    total, decided = of_cell["handoffs"], of_cell["accepted"] + of_cell["rejected"]
    acceptance = rates(of_cell["accepted"], total, decided)
    of_decided = rates(of_cell["accepted"], decided)
    past_due = rates(of_cell["open_past_due"], total, decided)
    efficiency = rates(of_cell["sql"], total, decided)
    converted = [rates(counts[shown].astype(np.int64), total, decided) for counts in within]
    names = [None] if group is None else [*group.values.to_pylist(), None]
    matured = [
        tuple(bool(end + days * MICROSECONDS_PER_DAY <= handoffs.as_of) for days in HORIZONS_DAYS) for end in split.ends
    ]
    return tuple(
        Cohort(
            period=split.first_days[place // groups],
            partial=split.partial[place // groups],
            group=names[place % groups],
            **{name: int(counts[n]) for name, counts in of_cell.items()},
            won_amount=round(float(amounts[place]), 4),
            acceptance=acceptance[n],
            of_decided=of_decided[n],
            past_due=past_due[n],
            sql_within=tuple(one[n] for one in converted),
            efficiency=efficiency[n],
            mature=matured[place // groups],
        )
        for n, place in enumerate(shown.tolist())
    )


@dataclass(frozen=True, slots=True)
class Pulse:
    """What happened in one period, whenever its leads were handed over: it mixes populations.

    Each is the number of hand-offs that reached the step in the period; `decided` = `sal` + `rejected`.
    """

    period: date
    partial: bool
    mql: int
    decided: int
    sal: int
    rejected: int
    sql: int
    won: int
    lost: int


def period_conversion(handoffs: Handoffs, window: Window, by: By) -> tuple[Pulse, ...]:
    """The events of each period of a window; also the series for spark-lines."""
    split = periods(window, by, handoffs.as_of)

    def count(instants: Instants) -> list[int]:
        number = split.of(instants)
        counts: list[int] = np.bincount(number[number >= 0], minlength=len(split)).tolist()
        return counts

    sal = count(handoffs.decided_at[handoffs.accepted])
    rejected = count(handoffs.decided_at[handoffs.rejected])
    mql, sql, won, lost = (
        count(instants) for instants in (handoffs.mql_at, handoffs.sql_at, handoffs.won_at, handoffs.lost_at)
    )
    return tuple(
        Pulse(day, cut, mql[n], sal[n] + rejected[n], sal[n], rejected[n], sql[n], won[n], lost[n])
        for n, (day, cut) in enumerate(zip(split.first_days, split.partial, strict=True))
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel: how many reached it, as a share of the step before and of all leads."""

    name: str
    count: int
    of_previous: Rate
    of_leads: Rate


def funnel(handoffs: Handoffs, window: Window, leads_created: int) -> tuple[Step, ...]:
    """The cohort of leads created in the window: handed over, accepted, SQL, won, at any time up to the instant.

    One population throughout: a lead counts once in each step that any of its cycles reached.
    No fewer leads were created than handed over: under a filter on the owner `leads_created`
    counts the leads' own, and a hand-off may be assigned to somebody else.
    """
    of_window = periods(window, By.WINDOW, handoffs.as_of).of(handoffs.lead_created_at) >= 0
    lead = handoffs.lead_id.dictionary_encode().indices.to_numpy()

    def leads(mask: Mask) -> int:
        return len(np.unique(lead[mask & of_window]))

    handed_over = leads(np.ones(len(handoffs), dtype=np.bool_))
    counts = [
        max(leads_created, handed_over),
        handed_over,
        leads(handoffs.accepted),
        leads(handoffs.sql_at != NEVER),
        leads(handoffs.won_at != NEVER),
    ]
    before = rates(counts, [counts[0], *counts[:-1]])
    whole = rates(counts, [counts[0]] * len(counts))
    return tuple(
        Step(name, count, of_previous, of_leads)
        for name, count, of_previous, of_leads in zip(
            ("lead", "mql", "sal", "sql", "won"), counts, before, whole, strict=True
        )
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Hand-offs not decided at an instant, and how many of them longer than promised."""

    open: int
    past_due: int


def waiting(handoffs: Handoffs, at: int | None = None) -> Waiting:
    """Who waited at an instant up to `as_of` (default that one), whenever handed over."""
    instant = handoffs.as_of if at is None else at
    still_open = (handoffs.mql_at <= instant) & ((handoffs.decided_at > instant) | handoffs.open)
    return Waiting(int(still_open.sum()), int((still_open & (handoffs.due_at < instant)).sum()))


# Rejections.


@dataclass(frozen=True, slots=True)
class Rejections:
    """How many hand-offs of a period were rejected for one reason (None: blank), of all its rejected ones."""

    period: date
    reason: str | None
    handoffs: int
    of_rejected: Rate


def rejections(handoffs: Handoffs, window: Window, by: By = By.WINDOW) -> tuple[Rejections, ...]:
    """The rejected hand-offs of a window's cohorts by period and reason, the most frequent reason first."""
    rejected = handoffs.take(handoffs.rejected)
    by_reason = cohorts(rejected, window, by, rejected.reason)
    totals: dict[date, int] = {}
    for cohort in by_reason:
        totals[cohort.period] = totals.get(cohort.period, 0) + cohort.handoffs
    shares = rates([cohort.handoffs for cohort in by_reason], [totals[cohort.period] for cohort in by_reason])
    found = [
        Rejections(cohort.period, cohort.group, cohort.handoffs, share)
        for cohort, share in zip(by_reason, shares, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.period, -one.handoffs, one.reason is None, one.reason)))


@dataclass(frozen=True, slots=True)
class CriterionInDecisions:
    """How often rejected leads had points of a criterion at hand-over, and how often accepted ones.

    `comparison.rate` is of the rejected, `comparison.other` of the accepted;
    `rejected_points` and `accepted_points` are the mean points it gave to those, faded.
    `times_as_often` is None where it cannot be said.
    """

    criterion_id: str
    comparison: Comparison
    rejected_points: float
    accepted_points: float

    @property
    def times_as_often(self) -> float | None:
        rejected, accepted = self.comparison.rate.share, self.comparison.other.share
        return rejected / accepted if rejected is not None and accepted else None


def criteria_in_decisions(
    handoffs: Handoffs, criteria: Sequence[str], points: npt.NDArray[np.float64]
) -> tuple[CriterionInDecisions, ...]:
    """Which criteria rejected leads owe their score to, and how much more often than accepted ones.

    `points` (h, criteria) are those of `lib.core.replay.replay.contributions` as of each
    `mql_at`. In the order of the criteria; corrected for all of them together.
    """
    earned = points != 0.0
    rejected, accepted = handoffs.rejected, handoffs.accepted
    ours = rates(earned[rejected].sum(axis=0), np.full(len(criteria), rejected.sum()))
    theirs = rates(earned[accepted].sum(axis=0), np.full(len(criteria), accepted.sum()))
    return tuple(
        CriterionInDecisions(
            criterion_id, comparison, _mean(points[rejected, n]), _mean(points[accepted, n])
        )
        for n, (criterion_id, comparison) in enumerate(zip(criteria, compared(ours, theirs), strict=True))
    )  # fmt: skip


def criteria_by_reason(
    handoffs: Handoffs, criteria: Sequence[str], points: npt.NDArray[np.float64]
) -> Mapping[str | None, tuple[Rate, ...]]:
    """For each reason, the share of the leads rejected for it that had points of each criterion."""
    earned = points != 0.0
    found: dict[str | None, tuple[Rate, ...]] = {}
    for reason in [*handoffs.reason.values.to_pylist(), None]:
        mask = handoffs.rejected & _is(handoffs.reason, reason)
        if mask.any():
            found[reason] = rates(earned[mask].sum(axis=0), np.full(len(criteria), mask.sum()))
    return found


def _mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


# Which differences are real.


@dataclass(frozen=True, slots=True)
class Standing:
    """A group's hand-offs, and its acceptance (of decided) against all other groups together."""

    cohort: Cohort
    comparison: Comparison


def standings(handoffs: Handoffs, window: Window, group: Column) -> tuple[Standing, ...]:
    """How often sales accepts each group's leads, in the order of the column's values."""
    found = cohorts(handoffs, window, By.WINDOW, group)
    accepted = [cohort.accepted for cohort in found]
    compare = compared_with_rest(accepted, [cohort.accepted + cohort.rejected for cohort in found])
    return tuple(Standing(cohort, comparison) for cohort, comparison in zip(found, compare, strict=True))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Acceptance by score at hand-over, and how well the score tells accepted from rejected leads."""

    bands: tuple[Standing, ...]
    separation: Separation


def calibration(handoffs: Handoffs, window: Window, points: int = BAND_POINTS) -> Calibration:
    """Does a higher score mean more acceptance? Bands of so many points, the lowest first."""
    inside = handoffs.take(periods(window, By.WINDOW, handoffs.as_of).of(handoffs.mql_at) >= 0)
    return Calibration(
        standings(inside, window, score_bands(inside, points)),
        separation(inside.score[inside.accepted], inside.score[inside.rejected]),
    )


@dataclass(frozen=True, slots=True)
class Closing:
    """How many of a group's SQLs that had their time were won, against the other groups' together.

    `comparison.verdict` LOWER says that its SQLs do not close.
    """

    group: str | None
    comparison: Comparison


def closing(handoffs: Handoffs, window: Window, group: Column, days: int = CLOSING_DAYS) -> tuple[Closing, ...]:
    """Which groups' SQLs do not close: won ÷ SQLs of the window's hand-offs, of SQLs at least so many days old.

    The lowest share first, groups with too little to say last.
    """
    old_enough = handoffs.sql_at <= handoffs.as_of - days * MICROSECONDS_PER_DAY
    found = cohorts(handoffs.take(old_enough), window, By.WINDOW, _of(group, old_enough))
    compare = compared_with_rest([cohort.won for cohort in found], [cohort.sql for cohort in found])
    listed = [Closing(cohort.group, comparison) for cohort, comparison in zip(found, compare, strict=True)]
    shares = {id(one): one.comparison.rate.share for one in listed}
    return tuple(sorted(listed, key=lambda one: (shares[id(one)] is None, shares[id(one)] or 0.0)))


def _of(column: Column, mask: Mask) -> Column:
    return Column(column.codes[mask], column.values)


class Metric(StrEnum):
    """What can have changed from one period to the next."""

    MQL = "mql"
    ACCEPTANCE = "acceptance"
    SQL = "sql"
    WON = "won"


@dataclass(frozen=True, slots=True)
class Change:
    """One metric of two periods, of everything (`grouping` None) or of one group.

    `before` and `after` are counts, or rates for ACCEPTANCE (accepted ÷ decided, by
    the instant of the decision). The verdict is corrected for all changes looked at.
    """

    metric: Metric
    grouping: Group | None
    group: str | None
    before: int | Rate
    after: int | Rate
    p_value: float | None
    verdict: Verdict


def changes(
    handoffs: Handoffs,
    before: Window,
    after: Window,
    groupings: Sequence[Group] = (Group.CHANNEL, Group.SOURCE, Group.OWNER),
) -> tuple[Change, ...]:
    """What changed: every metric of everything first, then the groups whose volume or acceptance really did.

    A count is tested as two Poisson counts, each over as much of its window as has
    passed.
    """
    whole = list(_changes(handoffs, before, after, None, None, tuple(Metric)))
    of_groups = [
        change
        for grouping in groupings
        for change in _changes(
            handoffs, before, after, grouping, group_of(handoffs, grouping), (Metric.MQL, Metric.ACCEPTANCE)
        )
    ]
    corrected = holm([change.p_value for change in (*whole, *of_groups)])
    judged = [_judged(change, p) for change, p in zip((*whole, *of_groups), corrected, strict=True)]
    real = [one for one in judged[len(whole) :] if one.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    return (*judged[: len(whole)], *sorted(real, key=lambda one: one.p_value or 0.0))


def _changes(
    handoffs: Handoffs,
    before: Window,
    after: Window,
    grouping: Group | None,
    column: Column | None,
    metrics: Sequence[Metric],
) -> Iterable[Change]:
    names = [None] if column is None else [*column.values.to_pylist(), None]
    codes = np.zeros(len(handoffs), np.int64) if column is None else column.codes % len(names)
    both = [periods(window, By.WINDOW, handoffs.as_of) for window in (before, after)]
    lasted = [float(min(one.edges[-1], handoffs.as_of) - one.edges[0]) for one in both]

    def counts(instants: Instants, mask: Mask) -> list[npt.NDArray[np.int64]]:
        """In each window, by group."""
        return [np.bincount(codes[mask & (one.of(instants) >= 0)], minlength=len(names)) for one in both]

    every = np.ones(len(handoffs), dtype=np.bool_)
    for metric in metrics:
        if metric is Metric.ACCEPTANCE:
            accepted, decided = counts(handoffs.decided_at, handoffs.accepted), counts(handoffs.decided_at, every)
            earlier, later = (rates(k, n) for k, n in zip(accepted, decided, strict=True))
            for name, was, became in zip(names, earlier, later, strict=True):
                yield Change(metric, grouping, name, was, became, two_proportions(became, was), Verdict.TOO_FEW)
        else:
            old, new = counts(getattr(handoffs, f"{metric}_at"), every)
            for name, had, has in zip(names, old.tolist(), new.tolist(), strict=True):
                p = two_counts(has, had, lasted[1] / sum(lasted)) if min(lasted) > 0 else None
                yield Change(metric, grouping, name, had, has, p, Verdict.TOO_FEW)


def _judged(change: Change, p_value: float | None) -> Change:
    was, became = ((one.share or 0.0) if isinstance(one, Rate) else float(one) for one in (change.before, change.after))
    return Change(
        change.metric,
        change.grouping,
        change.group,
        change.before,
        change.after,
        p_value,
        verdict(p_value, became - was),
    )


# Goals and costs.


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """A month's goal and how far it is: days are calendar days, parts of them included."""

    month: date
    metric: str
    target: float
    reached: int
    elapsed_days: float
    left_days: float

    @property
    def attainment(self) -> float | None:
        """Reached ÷ target, None for a target of nothing."""
        return self.reached / self.target if self.target else None

    @property
    def pace_per_day(self) -> float | None:
        """What a day has brought so far; None at the month's first instant."""
        return self.reached / self.elapsed_days if self.elapsed_days else None

    @property
    def needed_per_day(self) -> float | None:
        """What each day left must bring to reach the target; 0 when it is reached, None when no time is left."""
        missing = max(self.target - self.reached, 0.0)
        return missing / self.left_days if self.left_days else 0.0 if not missing else None

    @property
    def expected(self) -> float:
        """What the month brings at the pace so far."""
        return self.reached + (self.pace_per_day or 0.0) * self.left_days


def goal_progress(
    handoffs: Handoffs, metric: str, targets: Mapping[date, float], zone: ZoneInfo
) -> GoalProgress | None:
    """The goal of the month `as_of` lies in, None where it has none.

    `metric` is `mql` (handed over), `sal` (accepted) or `sql`, in the month;
    `targets` are by the first day of the month. Leads drawn below the line count for no goal.
    """
    handoffs = handoffs.mqls()
    month = day_of(handoffs.as_of, zone).replace(day=1)
    if month not in targets:
        return None
    after = (month + timedelta(days=32)).replace(day=1)
    start, end = day_start(month, zone), day_start(after, zone)
    instants = {
        "mql": handoffs.mql_at,
        "sal": np.where(handoffs.accepted, handoffs.decided_at, NEVER),
        "sql": handoffs.sql_at,
    }[metric]
    reached = int(((instants >= start) & (instants < end)).sum())
    day = 86_400 * MICROSECONDS
    return GoalProgress(
        month, metric, targets[month], reached, (handoffs.as_of - start) / day, (end - handoffs.as_of) / day
    )


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent in a month (its first day) on a channel and source, None where the bill names none."""

    month: date
    channel: str | None
    source: str | None
    amount: float


@dataclass(frozen=True, slots=True)
class LeadTotal:
    """The leads created in one period (its first day) of a channel and source, and the sum of their own `cost`."""

    period: date
    channel: str | None
    source: str | None
    leads: int
    cost: float


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What a channel cost in a window, and what the hand-offs of the window became."""

    channel: str | None
    cost: float
    leads: int
    mql: int
    sal: int
    sql: int
    won: int

    def per(self, step: str) -> float | None:
        """The cost of one `lead`, `mql`, `sal`, `sql` or `won`; None where there is none."""
        count = self.leads if step == "lead" else int(getattr(self, step))
        return self.cost / count if count else None


def costs(
    handoffs: Handoffs, window: Window, spent: Iterable[Spend], leads: Iterable[LeadTotal]
) -> tuple[ChannelCost, ...]:
    """What each channel's MQL, SAL, SQL and win cost, the dearest channel first.

    A month's spend counts by its days in the window up to the instant looked at. A
    lead's own cost counts where no spend of its month covers its channel and source,
    so that nothing is paid twice; `leads` are by month, of the window.
    """
    zone = ZoneInfo(window.zone)
    last = min(window.end, day_of(handoffs.as_of, zone) + timedelta(days=1))
    bills = list(spent)
    cost: dict[str | None, float] = {}
    created: dict[str | None, int] = {}
    for bill in bills:
        after = (bill.month + timedelta(days=32)).replace(day=1)
        days = (min(after, last) - max(bill.month, window.start)).days
        if days > 0:
            cost[bill.channel] = cost.get(bill.channel, 0.0) + bill.amount * days / (after - bill.month).days
    named = {(bill.month, bill.channel, bill.source) for bill in bills}
    for total in leads:
        created[total.channel] = created.get(total.channel, 0) + total.leads
        covering = {(total.period, c, s) for c in (total.channel, None) for s in (total.source, None)}
        if not covering & named:
            cost[total.channel] = cost.get(total.channel, 0.0) + total.cost
    became = {cohort.group: cohort for cohort in cohorts(handoffs, window, By.WINDOW, handoffs.channel)}
    listed = [
        ChannelCost(
            channel,
            round(cost.get(channel, 0.0), 4),
            created.get(channel, 0),
            cohort.handoffs if cohort else 0,
            cohort.accepted if cohort else 0,
            cohort.sql if cohort else 0,
            cohort.won if cohort else 0,
        )
        for channel in {*cost, *created, *became}
        for cohort in [became.get(channel)]
    ]
    return tuple(sorted(listed, key=lambda one: (-one.cost, one.channel is None, one.channel)))
