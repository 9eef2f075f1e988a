"""Why the MQLs of one period are more or fewer than those of another, by the data and versions there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lib.app.funnel import EVERYTHING, chosen
from lib.app.remembered import remembered
from lib.app.snapshot import InForce, Leads, Snapshot
from lib.core.arrays import Instants, Whole
from lib.core.definition.criteria import Definition
from lib.core.funnel.moved import PeriodCounts, WeeksBefore, moved, verdicts, whole_numbers
from lib.core.replay.replay import replay
from lib.core.statistics.rates import Verdict
from lib.core.time.clock import WINDOW_WEEKS, day_of, week_of
from lib.core.time.window import Window

CHANNELS_SHOWN = 4
"""The channels of most new leads; the others count as one."""


class Cause(StrEnum):
    """What can have moved the MQLs."""

    DEFINITION = "definition"
    NEW_LEADS = "new leads"
    OTHER_CHANNELS = "new: other channels"
    SHARE = "share that qualifies"
    AGAIN = "handed over again"
    OTHERWISE = "at another time, or by hand"


@dataclass(frozen=True)
class Part:
    """What one cause did, in whole MQLs; `channel` is that of NEW_LEADS, None the blank one."""

    cause: Cause
    channel: str | None
    mqls: int
    verdict: Verdict


@dataclass(frozen=True)
class WhyMoved:
    """The MQLs of two periods and what moved them: the parts sum to the difference.

    `then` and `now` are the versions in force as each period ended.
    """

    before: int
    after: int
    parts: tuple[Part, ...]
    then: InForce
    now: InForce


def weeks_to_choose(snapshot: Snapshot, weeks: int) -> tuple[date, ...]:
    """The Mondays from which so many whole weeks have passed, the newest first, back to the first hand-off."""
    first = week_of(day_of(int(snapshot.handoffs.mql_at.min()), snapshot.zone))
    last = snapshot.default_window.end - timedelta(weeks=weeks)
    return tuple(last - timedelta(weeks=n) for n in range(max((last - first).days // 7 + 1, 0)))


@remembered(32)
def why_moved(snapshot: Snapshot, earlier: date, later: date, weeks: int) -> WhyMoved:
    """Between so many weeks from one Monday and as many from another."""
    zone = snapshot.policy.time_zone
    windows = [Window(start, start + timedelta(weeks=weeks), zone) for start in (earlier, later)]
    # The version in force as each ends: its last instant.
    then, now = (snapshot.agreed.at(int(window.edges()[-1]) - 1) for window in windows)
    names, channel = _channels(snapshot, *windows)
    was, became = (_counts(snapshot, channel, len(names), window, then, now) for window in windows)
    before_it = Window(later - timedelta(weeks=WINDOW_WEEKS), later, zone)
    found = moved(was, became)
    said = verdicts(was, became, _weeks_before(snapshot, channel, len(names), before_it, now))
    causes = (
        (Cause.DEFINITION, None),
        *names,
        (Cause.SHARE, None),
        (Cause.AGAIN, None),
        (Cause.OTHERWISE, None),
    )
    parts = tuple(
        Part(cause, of, mqls, one)
        for (cause, of), mqls, one in zip(causes, whole_numbers(found.parts), said, strict=True)
        # Two that are mostly nothing are named where they are something.
        if mqls or cause not in (Cause.OTHER_CHANNELS, Cause.OTHERWISE)
    )
    return WhyMoved(found.before, found.after, parts, then, now)


def _channels(snapshot: Snapshot, *windows: Window) -> tuple[tuple[tuple[Cause, str | None], ...], Whole]:
    """The channels of most new leads in some windows, the others as one, and the number of each lead's (n,)."""
    history = snapshot.leads.history
    column = history.fields["channel"]
    blank = len(column.values)
    codes = np.where(column.codes < 0, blank, column.codes).astype(np.int64)
    new = np.zeros(len(codes), dtype=np.bool_)
    for window in windows:
        new |= _within(history.created_at, window)
    of_channel = np.bincount(codes[new], minlength=blank + 1)
    ranked = np.argsort(-of_channel, kind="stable")
    shown = [code for code in ranked.tolist()[:CHANNELS_SHOWN] if of_channel[code]]
    names = [*column.values.to_pylist(), None]
    place = np.full(blank + 1, len(shown), dtype=np.int64)
    place[shown] = np.arange(len(shown))
    return (*((Cause.NEW_LEADS, names[code]) for code in shown), (Cause.OTHER_CHANNELS, None)), place[codes]


def _within(instants: Instants, window: Window) -> npt.NDArray[np.bool_]:
    edges = window.edges()
    return np.asarray((instants >= edges[0]) & (instants < edges[-1]))


@remembered(4)
def _qualified_at(leads: Leads, definition: Definition, as_of: int) -> Instants:
    """When each lead first qualifies; the edges say nothing of that."""
    edges = np.array([0, as_of + 1], dtype=np.int64)
    return replay(leads.index.hits(definition), definition, as_of=as_of, edges=edges).qualified_at


def _counts(
    snapshot: Snapshot, channel: Whole, channels: int, window: Window, then: InForce, now: InForce
) -> PeriodCounts:
    handoffs = chosen(snapshot.sales, EVERYTHING)
    of_window = _within(handoffs.mql_at, window)

    def by_channel(instants: Instants) -> tuple[int, ...]:
        return _tuple(np.bincount(channel[_within(instants, window)], minlength=channels))

    return PeriodCounts(
        new_leads=by_channel(snapshot.leads.history.created_at),
        by_before=by_channel(_qualified_at(snapshot.leads, then.definition, snapshot.as_of)),
        by_after=by_channel(_qualified_at(snapshot.leads, now.definition, snapshot.as_of)),
        again=int((of_window & (handoffs.cycle > 1)).sum()),
        handed_over=int(of_window.sum()),
    )


def _weeks_before(snapshot: Snapshot, channel: Whole, channels: int, window: Window, now: InForce) -> WeeksBefore:
    """Week by week, from the first that has any new lead on."""
    edges = window.edges()
    weeks = len(edges) - 1

    def by_week(instants: Instants) -> Whole:
        return np.searchsorted(edges, instants, side="right") - 1

    created = snapshot.leads.history.created_at
    week = by_week(created)
    inside = (week >= 0) & (week < weeks)
    new_leads = np.bincount(channel[inside] * weeks + week[inside], minlength=channels * weeks).reshape(channels, weeks)
    some = np.flatnonzero(new_leads.sum(axis=0))
    first = int(some[0]) if len(some) else weeks

    def counted(instants: Instants) -> tuple[int, ...]:
        of = by_week(instants)
        return _tuple(np.bincount(of[(of >= 0) & (of < weeks)], minlength=weeks)[first:])

    handoffs = chosen(snapshot.sales, EVERYTHING)
    return WeeksBefore(
        tuple(_tuple(of[first:]) for of in new_leads),
        counted(_qualified_at(snapshot.leads, now.definition, snapshot.as_of)),
        counted(handoffs.mql_at[handoffs.cycle > 1]),
    )


def _tuple(numbers: Whole | Sequence[int]) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)
