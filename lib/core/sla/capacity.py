"""Whether sales can answer a draft's leads: their number against the reps' capacity, and the queue they would make.

The queue is replayed. Would-be hand-offs arrive when they qualify, and are taken up
first come first served by whoever of the reps is free first: a rep takes up one every
1 ÷ capacity of an average working day, on the rep's own calendar. To the wait comes
what the rep then needs, drawn from what the rep was seen to need. docs/decisions/0006 says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from lib.core.errors import Fault, NotFound
from lib.core.handoffs.reps import Rep
from lib.core.sla.answering import Answering
from lib.core.sla.promises import DEFAULT_CALENDAR, Calendar, Policy
from lib.core.sla.working_time import days_off
from lib.core.statistics.rates import ENOUGH
from lib.core.time.window import Window

GROWING = 1.0
"""A backlog that grows by less than this a week stays as it is."""


@dataclass(frozen=True, slots=True)
class Load:
    """Leads to answer a working day of the window, against what all reps together can answer in one.

    `qualified` come for the first time, `again` once more. `capacity_per_working_day` is None when no rep says how
    much.
    """

    qualified: int
    again: int
    working_days: int
    weeks: float
    capacity_per_working_day: float | None

    @property
    def per_working_day(self) -> float | None:
        """None in a window without a working day."""
        return (self.qualified + self.again) / self.working_days if self.working_days else None

    @property
    def again_per_working_day(self) -> float | None:
        return self.again / self.working_days if self.working_days else None

    @property
    def share(self) -> float | None:
        """Leads ÷ capacity: 1 is all that sales can answer."""
        if self.per_working_day is None or not self.capacity_per_working_day:
            return None
        return self.per_working_day / self.capacity_per_working_day


def load(qualified: int, again: int, reps: Sequence[Rep], policy: Policy, window: Window) -> Load:
    """The load of so many leads in a window whose working days are the default calendar's."""
    known = [rep.capacity_per_day for rep in reps if rep.capacity_per_day is not None]
    working_days = working_days_of(policy.calendar(DEFAULT_CALENDAR), window)
    return Load(qualified, again, working_days, window.length_weeks, sum(known) if known else None)


def capacity_per_week(reps: Sequence[Rep], policy: Policy, window: Window) -> float:
    """The leads a week sales can answer in a window; refused where no rep says how many, or nobody works."""
    burden = load(0, 0, reps, policy, window)
    if not burden.capacity_per_working_day or not burden.working_days:
        raise NotFound(
            Fault(
                "sales' capacity",
                "no rep says how many leads a day it can answer, or the window has no working day",
                "Import reps with capacity_per_day, or name a number of MQLs a week.",
            )
        )
    return burden.capacity_per_working_day * burden.working_days / burden.weeks


def working_days_of(calendar: Calendar, window: Window) -> int:
    """The days of a window on which an interval of the calendar starts."""
    off = days_off(calendar.holidays, window.start.year, window.last_day.year)
    days = (window.start + timedelta(days=n) for n in range((window.end - window.start).days))
    return sum(bool(calendar.hours[day.weekday()]) and day not in off for day in days)


def load_in_words(burden: Load, answered: Answering) -> str:
    """The load, and what becomes of the backlog and the promise, in sentences."""
    if burden.per_working_day is None:
        return "The window has no working day."
    of_them = f", {burden.again_per_working_day:,.1f} of them again" if burden.again else ""
    if burden.share is None:
        return f"{burden.per_working_day:,.1f} leads a working day{of_them}; no rep says how many it can answer."
    capacity = f"{burden.capacity_per_working_day:,.1f}".removesuffix(".0")
    said = (
        f"{burden.per_working_day:,.1f} leads a working day{of_them}, {burden.share * 100:.0f} % of the {capacity} that"
        " sales can answer"
    )
    growth = answered.growth_per_week
    # The queue begins empty: that it shrinks only says that a busy time came early in the window.
    grows = growth is not None and growth >= GROWING
    said += f": at this threshold the backlog grows by {growth:,.0f} a week." if grows else "."
    if answered.attainment is not None and answered.low95 is not None and answered.high95 is not None:
        said += (
            f" {answered.attainment * 100:.0f} % of the decisions would come in time"
            f" ({answered.low95 * 100:.0f} to {answered.high95 * 100:.0f} %)."
        )
    elif answered.promised:
        said += f" Fewer than {ENOUGH} decisions so far: how many would come in time nobody can say."
    return said


# The kernels, without the interpreter's lock as those of the replay are.
