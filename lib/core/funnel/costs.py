"""What each channel's lead, MQL, SAL, SQL and win cost, and what its wins returned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.arrays import NEVER, Column, Mask
from lib.core.folding import fold, spelt_alike
from lib.core.funnel.cohorts import cohorts
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import History
from lib.core.time.clock import day_of
from lib.core.time.periods import By, periods
from lib.core.time.window import Window

COST_UNITS = 10_000
"""Money is kept to the fourth decimal, and added in whole units: so sums do not depend on the order."""


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


def lead_totals(history: History, window: Window, by: By, as_of: int, owner: str | None) -> tuple[LeadTotal, ...]:
    """The leads created in a window up to an instant (microseconds), by period, channel and source.

    `owner` is a lead's own, the empty text those without one, None any. Costs are added as they are kept, to the
    fourth decimal.
    """
    split = periods(window, by, as_of)
    period = split.of(history.created_at)
    counted = (period >= 0) & (history.created_at <= as_of)
    if owner is not None:
        counted &= _written(history.column("owner"), owner)
    rows = np.flatnonzero(counted)
    channel, source = (spelt_alike(history.column(name)) for name in ("channel", "source"))
    cost = history.column("cost")
    # Each cell is a period, a channel and a source, the unknown last.
    widths = len(channel.values) + 1, len(source.values) + 1
    cell = (period[rows] * widths[0] + channel.codes[rows] % widths[0]) * widths[1] + source.codes[rows] % widths[1]
    cells, place = np.unique(cell, return_inverse=True)
    of_text = [round(Decimal(text) * COST_UNITS) for text in cost.values.to_pylist()]
    each = np.array([*of_text, 0], dtype=np.int64)[cost.codes[rows]]
    leads = np.bincount(place, minlength=len(cells)).tolist()
    sums = np.zeros(len(cells), dtype=np.int64)
    np.add.at(sums, place, each)
    channels, sources = ([*column.values.to_pylist(), None] for column in (channel, source))
    found = [
        LeadTotal(
            split.first_days[number // widths[1] // widths[0]],
            channels[number // widths[1] % widths[0]],
            sources[number % widths[1]],
            count,
            total / COST_UNITS,
        )
        for number, count, total in zip(cells.tolist(), leads, sums.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=_in_order))


def _in_order(one: LeadTotal) -> tuple[date, bool, str, bool, str]:
    return one.period, one.channel is None, one.channel or "", one.source is None, one.source or ""


def _written(column: Column, text: str) -> Mask:
    """Which rows say exactly that; for the empty text also those that say nothing."""
    values = [*((value or "") == text for value in column.values.to_pylist()), text == ""]
    return np.array(values, dtype=np.bool_)[column.codes]


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What a channel cost in a window, what the hand-offs of the window became, and what those won brought.

    `won_unknown` of the won have no amount that is known, and add nothing to `won_amount`.
    """

    channel: str | None
    cost: float
    leads: int
    mql: int
    sal: int
    sql: int
    won: int
    won_amount: float
    won_unknown: int

    @property
    def returned(self) -> float | None:
        """What came back for each one spent: won amounts ÷ cost; None where nothing was spent or no amount is known."""
        known = self.won == 0 or self.won > self.won_unknown
        return self.won_amount / self.cost if self.cost and known else None

    def per(self, step: str) -> float | None:
        """The cost of one `lead`, `mql`, `sal`, `sql` or `won`; None where there is none."""
        count = self.leads if step == "lead" else int(getattr(self, step))
        return self.cost / count if count else None


def _key(name: str | None) -> str | None:
    """What a channel or source is compared by; None is the blank one."""
    return fold(name or "") or None


def costs(
    handoffs: Handoffs, window: Window, spent: Iterable[Spend], leads: Iterable[LeadTotal]
) -> tuple[ChannelCost, ...]:
    """What each channel's MQL, SAL, SQL and win cost, the dearest channel first.

    A month's spend counts by its days in the window up to the instant looked at. A
    lead's own cost counts where no spend of its month covers its channel and source,
    so that nothing is paid twice; `leads` are by month, of the window. However a bill, a
    lead and a hand-off spell a channel, it is one, and shown as the hand-offs' commonest spelling.
    """
    zone = ZoneInfo(window.zone)
    last = min(window.end, day_of(handoffs.as_of, zone) + timedelta(days=1))
    bills = list(spent)
    created_in = list(leads)
    became = {_key(one.group): one for one in cohorts(handoffs, window, By.WINDOW, handoffs.channel)}
    spelt = [*(one.group for one in became.values()), *(t.channel for t in created_in), *(b.channel for b in bills)]
    shown = {_key(name): name for name in reversed(spelt)}
    cost: dict[str | None, float] = {}
    created: dict[str | None, int] = {}
    for bill in bills:
        after = (bill.month + timedelta(days=32)).replace(day=1)
        days = (min(after, last) - max(bill.month, window.start)).days
        if days > 0:
            of = _key(bill.channel)
            cost[of] = cost.get(of, 0.0) + bill.amount * days / (after - bill.month).days
    named = {(bill.month, _key(bill.channel), _key(bill.source)) for bill in bills}
    for total in created_in:
        of = _key(total.channel)
        created[of] = created.get(of, 0) + total.leads
        covering = {(total.period, c, s) for c in (of, None) for s in (_key(total.source), None)}
        if not covering & named:
            cost[of] = cost.get(of, 0.0) + total.cost
    without = handoffs.take((handoffs.won_at != NEVER) & np.isnan(handoffs.amount))
    unknown = {_key(one.group): one.won for one in cohorts(without, window, By.WINDOW, without.channel)}
    listed = [
        ChannelCost(
            shown[channel] if channel else None,
            round(cost.get(channel, 0.0), 4),
            created.get(channel, 0),
            cohort.handoffs if cohort else 0,
            cohort.accepted if cohort else 0,
            cohort.sql if cohort else 0,
            cohort.won if cohort else 0,
            cohort.won_amount if cohort else 0.0,
            unknown.get(channel, 0),
        )
        for channel in {*cost, *created, *became}
        for cohort in [became.get(channel)]
    ]
    return tuple(sorted(listed, key=lambda one: (-one.cost, one.channel is None, one.channel)))
