"""The stock: who reached a definition's threshold before it took effect and was never handed over; and what of it a
start plan releases when."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.definition.criteria import Definition
from lib.core.handoffs.start_plan import StartPlan, Stock
from lib.core.replay.hits import Hits
from lib.core.replay.reaching import gates_open, reaching
from lib.core.replay.replay import replay, scores
from lib.core.time.clock import MICROSECONDS_PER_DAY

RATE_WEEKS, WEEKS_AHEAD = 26, 8
"""By the last so many weeks' rate is said how many of the stock come by themselves, in each of so many weeks."""

WEEK = 7 * MICROSECONDS_PER_DAY


def leads_in_words(number: int) -> str:
    """ "1 lead", "2,296 leads"."""
    return "1 lead" if number == 1 else f"{number:,} leads"


@dataclass(frozen=True, eq=False)
class InStock:
    """The leads in stock at a start (microseconds), best score then first; rows of the history, shapes (k,).

    `score` is that at the start, which may be far below the one they qualified with at `qualified_at`. Equal scores are
    in the order of the newest qualification, then of the leads.
    """

    starts_at: int
    threshold: int
    rows: npt.NDArray[np.int64]
    qualified_at: Instants
    score: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def standing(self) -> Mask:
        """Who still stands at the threshold at the start."""
        return np.asarray(self.score >= self.threshold)

    @property
    def age_days(self) -> npt.NDArray[np.int64]:
        """Whole days since each qualified."""
        return np.asarray((self.starts_at - self.qualified_at) // MICROSECONDS_PER_DAY)

    def released_by(self, plan: StartPlan) -> Mask:
        """Whom the plan hands over sooner or later."""
        if plan.stock is Stock.STANDING:
            return self.standing
        if plan.stock is Stock.RECENT and plan.days is not None:
            return np.asarray(self.qualified_at >= self.starts_at - plan.days * MICROSECONDS_PER_DAY)
        return np.zeros(len(self), dtype=np.bool_)


def stock(hits: Hits, definition: Definition, free: Mask, starts_at: int, as_of: int) -> InStock:
    """The stock of a definition that begins at an instant, as the data up to `as_of` say (microseconds).

    `free` (n,) are the leads that may be in it: never handed over before the start, nor by the agreement before in its
    last run, and no customers. Of these it is who reached the threshold with every gate open at a look before the
    start, and to whom every gate is open at the start.
    """
    reached = replay(hits, definition, as_of=min(as_of, starts_at - 1)).qualified_at
    values = scores(hits, definition, starts_at)
    every, at_start = np.arange(hits.leads), np.full(hits.leads, starts_at)
    rows = np.flatnonzero((reached != NEVER) & free & gates_open(hits, definition, every, at_start, values))
    score = values.score[rows].astype(np.int64)
    best = np.lexsort((rows, -reached[rows], -score))
    return InStock(starts_at, definition.threshold, rows[best], reached[rows][best], score[best])


@dataclass(frozen=True, eq=False)
class Releases:
    """Whom a plan hands over, in the order it does, and from when each is due; places in the stock, shapes (r,)."""

    places: npt.NDArray[np.int64]
    due_at: Instants


def releases(of: InStock, plan: StartPlan, openings: Instants) -> Releases:
    """Whom a plan hands over at these openings of working days (d,), best score first, at most so many at each.

    Everybody has a place in this line at the start and keeps it: who was handed over meanwhile (awakened, say) leaves
    it empty, so that the line is known on the day it is signed.
    """
    line = np.flatnonzero(of.released_by(plan))
    per_day = plan.per_day or max(1, len(line))
    day = np.arange(len(line)) // per_day
    within = day < len(openings)
    return Releases(line[within], openings[day[within]])


def awakened_a_week(
    hits: Hits, definition: Definition, handed_over_at: Instants, starts_at: int
) -> npt.NDArray[np.float64]:
    """The share of a stock that comes by itself in each of the 8 weeks after a start, by the last 26 weeks; shape (8,).

    As if the definition had begun at each of the 26 week's beginnings before `starts_at` (microseconds): of those then
    in stock, who first earned a hit with the threshold reached in its first week, its second, and so on up to the
    start. `handed_over_at` (n,) is when each lead was first handed over, NEVER where not. NaN where no stock was.
    """
    first_start = starts_at - RATE_WEEKS * WEEK
    reached = replay(hits, definition, as_of=starts_at - 1).qualified_at
    looks = reaching(hits, definition, np.flatnonzero(reached < starts_at), first_start, starts_at - 1)
    came, could = np.zeros(WEEKS_AHEAD), np.zeros(WEEKS_AHEAD)
    every = np.arange(hits.leads)
    for weeks_ago in range(1, RATE_WEEKS + 1):
        start = starts_at - weeks_ago * WEEK
        values, then = scores(hits, definition, start), np.full(hits.leads, start)
        there = (reached < start) & (handed_over_at >= start) & gates_open(hits, definition, every, then, values)
        later = (looks.at >= start) & there[looks.lead]
        _, first = np.unique(looks.lead[later], return_index=True)
        week = (looks.at[later][first] - start) // WEEK
        seen = min(weeks_ago, WEEKS_AHEAD)
        came[:seen] += np.bincount(week[week < seen], minlength=seen)
        could[:seen] += np.count_nonzero(there)
    with np.errstate(invalid="ignore"):
        return np.asarray(came / could)
