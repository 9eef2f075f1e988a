"""What the Monday of a draft looks like: its stock, what each start plan hands over of it day by day, and who comes by
itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from lib.app.handing_over import found_by
from lib.app.handoffs.terms import Terms, free_of, handed_over_at, terms
from lib.app.outlook import pace_of, preview_at_threshold, promised_of
from lib.app.remembered import remembered
from lib.app.snapshot import Snapshot
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.versions import Version
from lib.core.arrays import NEVER, Mask
from lib.core.definition.criteria import Definition
from lib.core.handoffs.routing import Standing, qualifying
from lib.core.handoffs.start_plan import StartPlan, Stock
from lib.core.handoffs.stock import (
    WEEK,
    WEEKS_AHEAD,
    InStock,
    Releases,
    awakened_a_week,
    leads_in_words,
    releases,
    stock,
)
from lib.core.sla.ahead import DayAhead, ahead
from lib.core.sla.answering import would_be_handoffs
from lib.core.sla.promises import DEFAULT_CALENDAR
from lib.core.sla.working_time import openings
from lib.core.time.clock import MICROSECONDS_PER_DAY, day_of

STARTS_REMEMBERED = 8

USUAL_DAYS = 30

AGES_DAYS = (7, 30, 90, 180, 365)
"""Up to these ages the stock is counted, and beyond the last."""


@dataclass(frozen=True, eq=False)
class GoingLive:
    """What a draft would find at a start (microseconds), by all data up to now.

    `capacity_per_day` is what all reps can take up in a working day, None where no rep says how many, or none can.
    `awakened` is how many of the stock are expected to come by themselves in each of the 8 weeks after the start, by
    the last 26 weeks' rate; None where there was no stock to go by.
    """

    starts_at: int
    stock: InStock
    capacity_per_day: float | None
    awakened: tuple[float, ...] | None

    @property
    def working_days(self) -> float | None:
        """How long sales would take up nothing else for the whole stock; None where nobody can say."""
        return None if self.capacity_per_day is None else len(self.stock) / self.capacity_per_day

    @property
    def by_age_days(self) -> tuple[tuple[int, int], ...]:
        """How many qualified so many whole days before the start, for each age there is."""
        days, leads = np.unique(self.stock.age_days, return_counts=True)
        return tuple(zip(days.tolist(), leads.tolist(), strict=True))

    @property
    def by_age(self) -> tuple[tuple[int | None, int], ...]:
        """How many qualified less than so many days before, each counted once; the last: longer ago."""
        place = np.searchsorted(np.array(AGES_DAYS), self.stock.age_days, side="right")
        leads = np.bincount(place, minlength=len(AGES_DAYS) + 1)
        return tuple(zip((*AGES_DAYS, None), leads.tolist(), strict=True))

    @property
    def still_at_threshold(self) -> int:
        """How many still reach the threshold at the start."""
        return int(np.count_nonzero(self.stock.standing))

    @property
    def in_words(self) -> str:
        """The stock in sentences: "1,938 leads are in stock, 43.1 working days of …"."""
        there = len(self.stock)
        if not there:
            return "Nobody is in stock: whoever reached the threshold before the start was handed over, or never did."
        return (
            f"{leads_in_words(there)} {'is' if there == 1 else 'are'} in stock (reached the threshold before the "
            f"start, never handed over), {self._days_in_words}; {self.still_at_threshold:,} still stand at the "
            "threshold. "
            f"{self._awakened_in_words}"
        )

    @property
    def _days_in_words(self) -> str:
        if self.working_days is None:
            return "no rep says how many leads a day it can take up, so nobody knows how many working days that is"
        capacity = f"{self.capacity_per_day:,.1f}".removesuffix(".0")
        return f"{self.working_days:,.1f} working days of the {capacity} leads a day that sales can take up"

    @property
    def _awakened_in_words(self) -> str:
        if self.awakened is None:
            return "How many come by themselves nobody can say: there was no stock in the last 26 weeks."
        return (
            f"About {self.awakened[0]:,.0f} come by themselves in the first week and {sum(self.awakened):,.0f} in "
            f"{WEEKS_AHEAD} weeks, by the last 26 weeks' rate."
        )

    def usual_per_day(self) -> int:
        """How many a working day to begin with: a quarter of what sales can take up, at least one."""
        return max(1, round((self.capacity_per_day or 0) / 4))


@dataclass(frozen=True, eq=False)
class Ahead:
    """The working days of the 8 weeks after a start under one plan, and whom of the stock it hands over in them."""

    plan: StartPlan
    days: tuple[DayAhead, ...]
    due: Releases

    @property
    def released(self) -> int:
        return len(self.due.places)

    @property
    def most_waiting(self) -> int | None:
        """The most that wait at the end of any day; None where nobody can say."""
        waiting = [day.waiting for day in self.days if day.waiting is not None]
        return max(waiting, default=None)


def usual_plans(per_day: int, days: int = USUAL_DAYS) -> tuple[StartPlan, ...]:
    """Nothing of the stock, the recent ones, and those that still stand."""
    return (
        StartPlan(),
        StartPlan(stock=Stock.RECENT, days=days, per_day=per_day),
        StartPlan(stock=Stock.STANDING, per_day=per_day),
    )


def in_stock(snapshot: Snapshot, draft: Definition, starts_at: int | None = None) -> InStock:
    """The draft's stock at a start (microseconds; without one, at the instant looked at), by all data up to now."""
    at = snapshot.as_of if starts_at is None else starts_at
    return _in_stock(snapshot, draft, at)


@remembered(STARTS_REMEMBERED)
def _in_stock(snapshot: Snapshot, draft: Definition, at: int) -> InStock:
    free = _free(snapshot, at, customers=draft.customers)
    return stock(snapshot.leads.index.hits(draft), draft, free, at, snapshot.as_of)


@remembered(STARTS_REMEMBERED)
def _free(snapshot: Snapshot, at: int, *, customers: bool) -> Mask:
    """Who may be in stock at an instant: never handed over, nor qualified by what was in force up to then."""
    handed_over, customer_since = handed_over_at(snapshot) != NEVER, snapshot.customers.since
    never = np.full(len(handed_over), NEVER, dtype=np.int64)
    standing = Standing(np.zeros(len(handed_over), dtype=np.int32), never, handed_over, customer_since)
    before = terms(snapshot.agreed, at - 1)
    # Ended by the start, whatever comes next.
    taken = ~free_of(snapshot, Terms(snapshot.definition.with_customers(customers), 0, at), before)
    for _, found in found_by(snapshot, before, standing, min(snapshot.as_of, at - 1)):
        for some in found:
            taken[some.rows] = True
    return np.asarray(~taken)


@remembered(STARTS_REMEMBERED)
def going_live(snapshot: Snapshot, draft: Definition, starts_at: int | None = None) -> GoingLive:
    """What the draft would find at a start (microseconds); without one, at the instant looked at."""
    there = in_stock(snapshot, draft, starts_at)
    rate = awakened_a_week(
        snapshot.leads.index.hits(draft), draft, handed_over_at(snapshot), min(there.starts_at, snapshot.as_of)
    )
    awakened = None if np.isnan(rate).any() else tuple((len(there) * rate).tolist())
    return GoingLive(there.starts_at, there, capacity_per_day(snapshot), awakened)


def capacity_per_day(snapshot: Snapshot) -> float | None:
    """What all reps together can take up in a working day; None where no rep says how many, or none can."""
    known = [rep.capacity_per_day for rep in snapshot.reps if rep.capacity_per_day is not None]
    return sum(known) or None


@remembered(STARTS_REMEMBERED * 3)
def ahead_of(snapshot: Snapshot, draft: Definition, starts_at: int | None, plan: StartPlan) -> Ahead:
    """The 8 weeks after a start under a plan: whom it hands over when, and what that does to queue and promise.

    What qualifies besides is taken to be what qualified in the last 8 weeks, and those of the stock that are
    expected to come by themselves are spread over their week. The queue begins with who waits now, is untouched and
    not overdue: sales passes over whom it has let become overdue.
    """
    live = going_live(snapshot, draft, starts_at)
    of, at = live.stock, live.starts_at
    opens = openings(snapshot.policy.calendar(DEFAULT_CALENDAR), at, at + WEEKS_AHEAD * WEEK + 7 * MICROSECONDS_PER_DAY)
    within = int(np.searchsorted(opens, at + WEEKS_AHEAD * WEEK))
    due = releases(of, plan, opens[:within])
    rows, others_at = _others(snapshot, draft, at)
    woken_rows, woken_at = _awakened(live, due)
    arriving_at = np.concatenate([due.due_at, others_at, woken_at])
    days = ahead(
        arriving_at,
        promised_of(snapshot).at(np.concatenate([of.rows[due.places], rows, woken_rows]), arriving_at),
        np.arange(len(due.places) + len(rows) + len(woken_rows)) < len(due.places),
        _waiting(snapshot),
        opens[: within + 1],
        snapshot.reps,
        snapshot.policy,
        pace_of(snapshot),
    )
    return Ahead(plan, days, due)


def of_stock(snapshot: Snapshot, agreement: Agreement, horizons: Sequence[int]) -> dict[int, float]:
    """How many of the stock come in the first so many weeks: by themselves, and as the start plan releases them.

    Nothing is said where nobody can say how many come by themselves.
    """
    live = going_live(snapshot, agreement.definition, agreement.start.starts_at)
    if live.awakened is None:
        return {}
    due_at = ahead_of(snapshot, agreement.definition, agreement.start.starts_at, agreement.start).due.due_at
    return {
        one: min(
            sum(live.awakened[:one]) + float(np.count_nonzero(due_at < live.starts_at + one * WEEK)), len(live.stock)
        )
        for one in horizons
    }


Rows = npt.NDArray[np.int64]


def _waiting(snapshot: Snapshot) -> int:
    handoffs = snapshot.handoffs
    untouched = handoffs.open & (handoffs.first_touch_at == NEVER)
    return int(np.count_nonzero(untouched & (handoffs.due_at >= snapshot.as_of)))


def _others(snapshot: Snapshot, draft: Definition, at: int) -> tuple[Rows, Rows]:
    """Who came for the first time or again in the last 8 whole weeks, and when that is in the 8 after the start."""
    last = day_of(snapshot.as_of, snapshot.zone)
    window = snapshot.policy.window(last - timedelta(weeks=WEEKS_AHEAD), last)
    rows, came_at = would_be_handoffs(preview_at_threshold(snapshot, draft, window).draft)
    # By whole weeks, so that a Monday's are a Monday's.
    period = WEEKS_AHEAD * WEEK
    return rows, came_at - (came_at - at) // period * period


def _awakened(live: GoingLive, due: Releases) -> tuple[Rows, Rows]:
    """Who of the stock might come by itself, and when: some that no plan hands over, evenly over each week."""
    left = np.setdiff1d(np.arange(len(live.stock)), due.places)
    found_at: list[int] = []
    for week, expected in enumerate(live.awakened or ()):
        many = min(round(expected), len(left) - len(found_at))
        found_at += [live.starts_at + week * WEEK + (2 * n + 1) * WEEK // (2 * many) for n in range(many)]
    return live.stock.rows[left[: len(found_at)]], np.array(found_at, dtype=np.int64)


@dataclass(frozen=True)
class WouldHave:
    """Whom a version that is signed and not yet in force would have handed over since both signed, by its own rules.

    `only` of these are qualified by it alone, and `less` by what is in force alone; `since` in microseconds.
    """

    since: int
    leads: int
    only: int
    less: int


@remembered(STARTS_REMEMBERED)
def would_have(snapshot: Snapshot, version: Version) -> WouldHave:
    """What an agreed version would have done since both signed, beside what is in force, with nothing of the stock."""
    since = max((signature.at for signature in version.signatures), default=version.agreed_since)
    coming = snapshot.agreed.said_by(version.number).definition
    new, old = (_reaching_since(snapshot, definition, since) for definition in (coming, snapshot.definition))
    return WouldHave(since, len(new), len(new - old), len(old - new))


def _reaching_since(snapshot: Snapshot, definition: Definition, since: int) -> set[int]:
    """The leads, never handed over before an instant, that reach the threshold at a look from then on."""
    shut = handed_over_at(snapshot) < since
    none = np.full(len(shut), NEVER, dtype=np.int64)
    standing = Standing(np.zeros(len(shut), dtype=np.int32), none, shut, snapshot.customers.since)
    return set(qualifying(snapshot.leads.index, definition, standing, snapshot.as_of, since).rows.tolist())


BY_DEFAULT = "nothing, unless a proposal says otherwise."
