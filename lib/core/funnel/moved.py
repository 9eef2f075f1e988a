"""Why the MQLs of one period are more or fewer than those of another: four causes that sum to the whole.

The definition in force, new leads by channel, the share of them that qualifies, and leads handed over again. What
each did depends on what the others had done before it; so each counts with its mean over all orders (Shapley 1953),
in fractions: the parts sum to the whole to the last digit.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import permutations

import numpy as np

from lib.core.arrays import Column, Instants, Mask, Whole
from lib.core.funnel.differences import REVIEW_ELSE
from lib.core.handoffs.handoffs import Handoffs
from lib.core.statistics.rates import Verdict, holm, verdict
from lib.core.statistics.weeks import dispersion, dispersion_given, two_volumes
from lib.core.time.clock import WINDOW_WEEKS
from lib.core.time.window import Window


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """One period's counts, by channel where they are several; shapes (channels,).

    `by_before` and `by_after` are the leads that first qualify in this period under the definition in force in the
    earlier of the two periods, and in the later. `again` are those handed over after a return, `handed_over` all.
    """

    new_leads: tuple[int, ...]
    by_before: tuple[int, ...]
    by_after: tuple[int, ...]
    again: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much each cause moved the MQLs from one period to another; they sum to `after` − `before` exactly.

    `new_leads` is by channel. `otherwise` is what was not handed over in the period in which it qualified: earlier,
    later, or by hand.
    """

    before: int
    after: int
    definition: Fraction
    new_leads: tuple[Fraction, ...]
    share: Fraction
    again: Fraction
    otherwise: Fraction

    @property
    def parts(self) -> tuple[Fraction, ...]:
        """All of them, in this order."""
        return (self.definition, *self.new_leads, self.share, self.again, self.otherwise)


def moved(before: PeriodCounts, after: PeriodCounts) -> Moved:
    """The causes of the difference between two equally long periods, whose channels are the same."""
    causes = [_of_channel(before, after, channel) for channel in range(len(before.new_leads))]
    qualified = sum(after.by_after) - sum(before.by_before)
    again = after.again - before.again
    return Moved(
        before=before.handed_over,
        after=after.handed_over,
        definition=sum((one[0] for one in causes), Fraction()),
        new_leads=tuple(one[1] for one in causes),
        share=sum((one[2] for one in causes), Fraction()),
        again=Fraction(again),
        otherwise=Fraction(after.handed_over - before.handed_over - again - qualified),
    )


def _of_channel(before: PeriodCounts, after: PeriodCounts, channel: int) -> tuple[Fraction, Fraction, Fraction]:
    """What the definition, the new leads and the share of them that qualifies did to one channel's MQLs."""
    leads = (before.new_leads[channel], after.new_leads[channel])
    # By the period whose share it is, then by the definition.
    qualified = (
        (before.by_before[channel], before.by_after[channel]),
        (after.by_before[channel], after.by_after[channel]),
    )
    volumes, shares = _volumes_and_shares(leads, qualified)

    def mqls(definition: int, lead: int, share: int) -> Fraction:
        return volumes[lead] * shares[share][definition]

    return _means_over_orders(mqls)


def _volumes_and_shares(
    leads: tuple[int, int], qualified: tuple[tuple[int, int], tuple[int, int]]
) -> tuple[tuple[Fraction, Fraction], tuple[tuple[Fraction, Fraction], ...]]:
    """New leads in each period, and what of them qualifies in each by either definition.

    Where a period has MQLs and no new lead, they are older leads': the number of new ones then explains nothing. Where
    it has neither, its share is that of the other, for it has none of its own.
    """
    if any(not n and any(of) for n, of in zip(leads, qualified, strict=True)):
        return (Fraction(1), Fraction(1)), tuple((Fraction(a), Fraction(b)) for a, b in qualified)
    own = [(Fraction(of[0], n), Fraction(of[1], n)) if n else None for n, of in zip(leads, qualified, strict=True)]
    nothing = (Fraction(), Fraction())
    return (Fraction(leads[0]), Fraction(leads[1])), (own[0] or own[1] or nothing, own[1] or own[0] or nothing)


def _means_over_orders(mqls: Callable[[int, int, int], Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """Each of three causes' mean effect over the six orders in which they may come."""
    effects = [Fraction(), Fraction(), Fraction()]
    orders = list(permutations(range(3)))
    for order in orders:
        now = [0, 0, 0]
        for cause in order:
            was = mqls(*now)
            now[cause] = 1
            effects[cause] += mqls(*now) - was
    return effects[0] / len(orders), effects[1] / len(orders), effects[2] / len(orders)


def whole_numbers(parts: Sequence[Fraction]) -> tuple[int, ...]:
    """The parts as whole numbers that sum to the same, each less than one away from its part; the sum must be whole."""
    floors = [math.floor(part) for part in parts]
    missing = int(sum(parts)) - sum(floors)
    by_rest = sorted(range(len(parts)), key=lambda n: (floors[n] - parts[n], n))
    up = set(by_rest[:missing])
    return tuple(floor + (n in up) for n, floor in enumerate(floors))


# What of it is real.


@dataclass(frozen=True, slots=True)
class WeeksBefore:
    """The weeks before the later period, oldest first; shapes (weeks,), of `new_leads` (channels, weeks).

    `qualified` is under the later definition.
    """

    new_leads: tuple[tuple[int, ...], ...]
    qualified: tuple[int, ...]
    again: tuple[int, ...]


def verdicts(before: PeriodCounts, after: PeriodCounts, weeks: WeeksBefore) -> tuple[Verdict, ...]:
    """What of each part is more than noise, in the order of `Moved.parts`, corrected over the page.

    What another definition does to the same leads is counted, not estimated: it is real wherever it is not nothing.
    What was handed over otherwise is no finding.
    """
    by_channel = [
        two_volumes(now, was, 0.5, dispersion(of))
        for now, was, of in zip(after.new_leads, before.new_leads, weeks.new_leads, strict=True)
    ]
    # Each channel at the share both periods have together: more leads of a better channel are no better share.
    together = [
        (was + now) / (had + has) if had + has else 0.0
        for was, now, had, has in zip(before.by_after, after.by_after, before.new_leads, after.new_leads, strict=True)
    ]

    def expected(new_leads: Sequence[int]) -> float:
        return sum(number * share for number, share in zip(new_leads, together, strict=True))

    earlier, later = expected(before.new_leads), expected(after.new_leads)
    share = None
    if earlier and later:
        weekly = [expected(of) for of in zip(*weeks.new_leads, strict=True)]
        varied = dispersion_given(weeks.qualified, weekly)
        share = two_volumes(sum(after.by_after), sum(before.by_after), later / (earlier + later), varied)
    again = two_volumes(after.again, before.again, 0.5, dispersion(weeks.again))
    corrected = holm([*by_channel, share, again], REVIEW_ELSE)
    found = moved(before, after)
    differences = (*found.new_leads, found.share, found.again)
    return (
        _exactly(found.definition),
        *(verdict(p, float(difference)) for p, difference in zip(corrected, differences, strict=True)),
        Verdict.NOISE,
    )


def _exactly(part: Fraction) -> Verdict:
    return Verdict.HIGHER if part > 0 else Verdict.LOWER if part < 0 else Verdict.NOISE


# Counted.


class Cause(StrEnum):
    """What can have moved the MQLs."""

    DEFINITION = "definition"
    NEW_LEADS = "new leads"
    OTHER_CHANNELS = "new: other channels"
    SHARE = "share that qualifies"
    AGAIN = "handed over again"
    OTHERWISE = "at another time, or by hand"


@dataclass(frozen=True, slots=True)
class Part:
    """What one cause did, in whole MQLs; `channel` is that of NEW_LEADS, None the blank one."""

    cause: Cause
    channel: str | None
    mqls: int
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Grown:
    """n leads: when each was created and, under the definition of then and of now, first qualifies; all shapes (n,)."""

    channel: Column
    created_at: Instants
    by_before: Instants
    by_after: Instants


CHANNELS_SHOWN = 4
"""The channels of most new leads; the others count as one."""


def parts(leads: Grown, handoffs: Handoffs, earlier: Window, later: Window) -> tuple[Part, ...]:
    """What moved the MQLs (`Handoffs.mqls()`) from one window to another as long, in whole ones that sum to it."""
    names, channel = _channels(leads, earlier, later)
    before, after = (_counted(leads, channel, len(names), handoffs, window) for window in (earlier, later))
    weeks = _weeks_before(leads, channel, len(names), handoffs, later)
    causes = ((Cause.DEFINITION, None), *names, *((one, None) for one in (Cause.SHARE, Cause.AGAIN, Cause.OTHERWISE)))
    numbers = whole_numbers(moved(before, after).parts)
    return tuple(
        Part(cause, of, mqls, one)
        for (cause, of), mqls, one in zip(causes, numbers, verdicts(before, after, weeks), strict=True)
        # Two that are mostly nothing are named where they are something.
        if mqls or cause not in (Cause.OTHER_CHANNELS, Cause.OTHERWISE)
    )


def handed_over(handoffs: Handoffs, window: Window) -> int:
    """The MQLs of a window, first and again."""
    return int(_within(handoffs.mql_at, window).sum())


def _channels(leads: Grown, *windows: Window) -> tuple[tuple[tuple[Cause, str | None], ...], Whole]:
    """The channels of most new leads in some windows, the others as one, and the number of each lead's (n,)."""
    blank = len(leads.channel.values)
    codes = np.where(leads.channel.codes < 0, blank, leads.channel.codes).astype(np.int64)
    new = np.zeros(len(codes), dtype=np.bool_)
    for window in windows:
        new |= _within(leads.created_at, window)
    of_channel = np.bincount(codes[new], minlength=blank + 1)
    ranked = np.argsort(-of_channel, kind="stable")
    shown = [code for code in ranked.tolist()[:CHANNELS_SHOWN] if of_channel[code]]
    names = [*leads.channel.values.to_pylist(), None]
    place = np.full(blank + 1, len(shown), dtype=np.int64)
    place[shown] = np.arange(len(shown))
    return (*((Cause.NEW_LEADS, names[code]) for code in shown), (Cause.OTHER_CHANNELS, None)), place[codes]


def _within(instants: Instants, window: Window) -> Mask:
    edges = window.edges()
    return np.asarray((instants >= edges[0]) & (instants < edges[-1]))


def _counted(leads: Grown, channel: Whole, channels: int, handoffs: Handoffs, window: Window) -> PeriodCounts:
    def by_channel(instants: Instants) -> tuple[int, ...]:
        return tuple(np.bincount(channel[_within(instants, window)], minlength=channels).tolist())

    return PeriodCounts(
        new_leads=by_channel(leads.created_at),
        by_before=by_channel(leads.by_before),
        by_after=by_channel(leads.by_after),
        again=int((_within(handoffs.mql_at, window) & (handoffs.cycle > 1)).sum()),
        handed_over=handed_over(handoffs, window),
    )


def _weeks_before(leads: Grown, channel: Whole, channels: int, handoffs: Handoffs, later: Window) -> WeeksBefore:
    """The 26 weeks before a window one by one, from the first that has any new lead on."""
    edges = later.days(later.start - timedelta(weeks=WINDOW_WEEKS), later.start).edges()
    weeks = len(edges) - 1

    def by_week(instants: Instants) -> Whole:
        return np.asarray(np.searchsorted(edges, instants, side="right") - 1)

    week = by_week(leads.created_at)
    inside = (week >= 0) & (week < weeks)
    new_leads = np.bincount(channel[inside] * weeks + week[inside], minlength=channels * weeks).reshape(channels, weeks)
    some = np.flatnonzero(new_leads.sum(axis=0))
    first = int(some[0]) if len(some) else weeks

    def counted(instants: Instants) -> tuple[int, ...]:
        of = by_week(instants)
        return tuple(np.bincount(of[(of >= 0) & (of < weeks)], minlength=weeks)[first:].tolist())

    again = handoffs.mql_at[handoffs.cycle > 1]
    return WeeksBefore(tuple(tuple(of[first:].tolist()) for of in new_leads), counted(leads.by_after), counted(again))
