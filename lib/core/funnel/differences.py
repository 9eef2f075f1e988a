"""Which differences between groups, scores and weeks are real, and which are noise.

What one page calls real is corrected over that page, whichever part of it is looked at: in at most 5 of 100 pages on
which nothing differs is even one thing called real (docs/decisions/0027).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Column, Instants, Mask
from lib.core.funnel.cohorts import Cohort, cohorts
from lib.core.funnel.pace import GoalPace, pace
from lib.core.funnel.rhythm import rhythm
from lib.core.handoffs.choosing import BAND_POINTS, Group, group_of, score_bands
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import (
    Comparison,
    Rate,
    Separation,
    Verdict,
    compared,
    holm,
    rates,
    separation,
    two_proportions,
    verdict,
)
from lib.core.statistics.weeks import Dispersion, dispersion, two_volumes
from lib.core.time.clock import MICROSECONDS_PER_DAY, WINDOW_WEEKS
from lib.core.time.periods import By, periods
from lib.core.time.window import Window

ACCEPTANCE_FAMILIES = 7
"""What Acceptance tests: five groupings (scores also as bands), what separates the score, and the criteria."""

REVIEW_IN_ALL, REVIEW_ELSE = 2, 8
"""Half of Review's 5 % is for what changed in a week in all, so that dozens of groups do not drown it; the groups, the
figures it opens with, whose SQLs close and why two weeks differ share the other half."""

CLOSING_FAMILIES = 3 * REVIEW_ELSE
"""Whose SQLs close is asked of channels, sources and deeds, which share one part."""

CLOSING_DAYS = 90
"""An SQL younger than this has not had its time to close."""


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """A group's hand-offs, and its acceptance (of decided) against all other groups together."""

    cohort: Cohort
    comparison: Comparison


def standings(handoffs: Handoffs, window: Window, group: Column) -> tuple[GroupStanding, ...]:
    """How often sales accepts each group's leads, in the order of the column's values; the blank last, not compared."""
    found = cohorts(handoffs, window, By.WINDOW, group)
    decided = [cohort.accepted + cohort.rejected for cohort in found]
    compare = _named_with_rest(found, [cohort.accepted for cohort in found], decided, ACCEPTANCE_FAMILIES)
    return tuple(GroupStanding(cohort, comparison) for cohort, comparison in zip(found, compare, strict=True))


def _named_with_rest(
    found: Sequence[Cohort], successes: Sequence[int], trials: Sequence[int], families: int
) -> tuple[Comparison, ...]:
    """Each named group against all others together; the blank is none, and is part of the others alone."""
    k, n = np.array(successes, dtype=np.int64), np.array(trials, dtype=np.int64)
    ours, others = rates(k, n), rates(k.sum() - k, n.sum() - n)
    named = [place for place, cohort in enumerate(found) if cohort.group is not None]
    compare = compared([ours[place] for place in named], [others[place] for place in named], families)
    of_place = dict(zip(named, compare, strict=True))
    return tuple(
        of_place.get(place, Comparison(ours[place], others[place], None, Verdict.TOO_FEW))
        for place in range(len(found))
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Acceptance by score at hand-over, and how well the score tells accepted from rejected leads."""

    bands: tuple[GroupStanding, ...]
    separation: Separation


def calibration(handoffs: Handoffs, window: Window, points: int = BAND_POINTS) -> Calibration:
    """Does a higher score mean more acceptance? Bands of so many points, the lowest first."""
    inside = handoffs.take(periods(window, By.WINDOW, handoffs.as_of).of(handoffs.mql_at) >= 0)
    found = separation(inside.score[inside.accepted], inside.score[inside.rejected])
    (corrected,) = holm([found.p_value], ACCEPTANCE_FAMILIES)
    return Calibration(
        standings(inside, window, score_bands(inside, points)),
        replace(found, p_value=corrected),
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
    old_enough = _had_their_time(handoffs, days)
    found = cohorts(handoffs.take(old_enough), window, By.WINDOW, _of(group, old_enough))
    won, sqls = [cohort.won for cohort in found], [cohort.sql for cohort in found]
    compare = _named_with_rest(found, won, sqls, CLOSING_FAMILIES)
    return _worst_first([cohort.group for cohort in found], compare)


def closing_by_deed(
    handoffs: Handoffs, deeds: Sequence[str], points: npt.NDArray[np.float64], days: int = CLOSING_DAYS
) -> tuple[Closing, ...]:
    """After which deeds SQLs do not close, each against those without it; else as `closing` does.

    `points` (h, deeds) are what each deed had given at the hand-over: a lead does several, so these are no parts of a
    whole.
    """
    old_enough = _had_their_time(handoffs, days)
    won, did = handoffs.won_at[old_enough] != NEVER, points[old_enough] != 0.0
    sqls = np.full(len(deeds), len(won))
    ours = rates(did[won].sum(axis=0), did.sum(axis=0))
    theirs = rates((~did[won]).sum(axis=0), sqls - did.sum(axis=0))
    return _worst_first(deeds, compared(ours, theirs, CLOSING_FAMILIES))


def _had_their_time(handoffs: Handoffs, days: int) -> Mask:
    """The SQLs that are so many days old."""
    return np.asarray(handoffs.sql_at <= handoffs.as_of - days * MICROSECONDS_PER_DAY)


def _worst_first(groups: Sequence[str | None], compare: Sequence[Comparison]) -> tuple[Closing, ...]:
    listed = [Closing(group, one) for group, one in zip(groups, compare, strict=True) if one.rate.trials]
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
class MetricChange:
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
) -> tuple[MetricChange, ...]:
    """What changed: every metric of everything first, then the groups whose volume or acceptance really did.

    A count is tested by how much it varied over the 26 weeks before the later window, over as much of each
    window as has passed; where data are younger than 8 weeks nothing is said.
    """
    whole = list(_changes(handoffs, before, after, None, None, tuple(Metric)))
    of_groups = [
        change
        for grouping in groupings
        for change in _changes(
            handoffs, before, after, grouping, group_of(handoffs, grouping), (Metric.MQL, Metric.ACCEPTANCE)
        )
    ]
    in_all, by_group = _judged_together(whole, REVIEW_IN_ALL), _judged_together(of_groups, REVIEW_ELSE)
    real = [one for one in by_group if one.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    return (*in_all, *sorted(real, key=lambda one: one.p_value or 0.0))


def _judged_together(found: Sequence[MetricChange], families: int) -> list[MetricChange]:
    corrected = holm([change.p_value for change in found], families)
    return [_judged(change, p) for change, p in zip(found, corrected, strict=True)]


def _changes(
    handoffs: Handoffs,
    before: Window,
    after: Window,
    grouping: Group | None,
    column: Column | None,
    metrics: Sequence[Metric],
) -> Iterable[MetricChange]:
    names = [None] if column is None else column.values.to_pylist()
    # The blank one comes last, beyond the names, and is compared with nothing.
    codes = np.zeros(len(handoffs), np.int64) if column is None else column.codes.astype(np.int64) % (len(names) + 1)
    both = [periods(window, By.WINDOW, handoffs.as_of) for window in (before, after)]
    lasted = [float(min(one.edges[-1], handoffs.as_of) - one.edges[0]) for one in both]

    def counts(instants: Instants, mask: Mask) -> list[npt.NDArray[np.int64]]:
        """In each window, by group."""
        return [np.bincount(codes[mask & (one.of(instants) >= 0)], minlength=len(names))[: len(names)] for one in both]

    every = np.ones(len(handoffs), dtype=np.bool_)
    for metric in metrics:
        if metric is Metric.ACCEPTANCE:
            accepted, decided = counts(handoffs.decided_at, handoffs.accepted), counts(handoffs.decided_at, every)
            earlier, later = (rates(k, n) for k, n in zip(accepted, decided, strict=True))
            for name, was, became in zip(names, earlier, later, strict=True):
                yield MetricChange(metric, grouping, name, was, became, two_proportions(became, was), Verdict.TOO_FEW)
        else:
            instants = getattr(handoffs, f"{metric}_at")
            old, new = counts(instants, every)
            varied = weekly_dispersion(instants, codes, len(names) + 1, handoffs, after)[: len(names)]
            for name, had, has, of_weeks in zip(names, old.tolist(), new.tolist(), varied, strict=True):
                p = two_volumes(has, had, lasted[1] / sum(lasted), of_weeks) if min(lasted) > 0 else None
                yield MetricChange(metric, grouping, name, had, has, p, Verdict.TOO_FEW)


@dataclass(frozen=True, slots=True)
class JudgedPace:
    """A metric's week or month so far beside the one before, and whether what lies between is real."""

    metric: Metric
    by: By
    pace: GoalPace
    verdict: Verdict


def paces(
    handoffs: Handoffs, asked: Sequence[tuple[Metric, By]], divided: Window, holidays: Collection[date]
) -> tuple[JudgedPace, ...]:
    """Counts of the running weeks and months, each tested by how much its weeks varied, corrected over the page.

    Periods are as the window is `divided`.
    """
    zone = ZoneInfo(divided.zone)
    found, chances = [], []
    everybody = np.zeros(len(handoffs), dtype=np.int64)
    for metric, by in asked:
        instants = getattr(handoffs, f"{metric}_at")
        one = pace(instants, handoffs.as_of, by, rhythm(instants, handoffs.as_of, zone, holidays), divided)
        before = divided.days(one.period, one.period + timedelta(days=1))
        (varied,) = weekly_dispersion(instants, everybody, 1, handoffs, before)
        found.append((metric, by, one))
        chances.append(two_volumes(one.so_far, one.by_then, one.share, varied) if 0 < one.share < 1 else None)
    return tuple(
        JudgedPace(metric, by, one, verdict(p, one.so_far * (1 - one.share) - one.by_then * one.share))
        for (metric, by, one), p in zip(found, holm(chances, REVIEW_ELSE), strict=True)
    )


def weekly_dispersion(
    instants: Instants, codes: npt.NDArray[np.int64], groups: int, handoffs: Handoffs, before: Window
) -> list[Dispersion | None]:
    """How much each group's weekly count of some instants (h,) varied over the 26 weeks before a window.

    `codes` (h,) are the groups. Weeks before anything was ever handed over are none.
    """
    weeks = before.days(before.start - timedelta(weeks=WINDOW_WEEKS), before.start)
    edges = weeks.edges()
    began = int(handoffs.mql_at.min(initial=NEVER))
    edges = edges[np.searchsorted(edges, began, side="left") :]
    if len(edges) < 2:
        return [None] * groups
    week = np.searchsorted(edges, instants, side="right") - 1
    inside = (week >= 0) & (week < len(edges) - 1)
    cells = codes[inside] * (len(edges) - 1) + week[inside]
    volumes = np.bincount(cells, minlength=groups * (len(edges) - 1)).reshape(groups, -1)
    return [dispersion(of_group) for of_group in volumes]


def _judged(change: MetricChange, p_value: float | None) -> MetricChange:
    was, became = ((one.share or 0.0) if isinstance(one, Rate) else float(one) for one in (change.before, change.after))
    return MetricChange(
        change.metric,
        change.grouping,
        change.group,
        change.before,
        change.after,
        p_value,
        verdict(p_value, became - was),
    )
