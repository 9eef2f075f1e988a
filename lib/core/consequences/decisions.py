"""The first hand-off of every lead with what its lead had met by then: what sales' decisions are learned from."""

from dataclasses import dataclass, replace

import numpy as np

from lib.core.arrays import NEVER, Instants, Mask, Real, Whole
from lib.core.consequences.columns import TIMES, Columns, columns_of
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Definition
from lib.core.handoffs.choosing import lead_rows
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.replay.earned import counting, earned, looked_at
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import replay
from lib.core.time.clock import MICROSECONDS_PER_DAY

FRESH = 7 * MICROSECONDS_PER_DAY
"""Deeds of the last week, which sales may think more of."""

MATURE = 90 * MICROSECONDS_PER_DAY
"""SQLs and wins are counted so long after the hand-over."""


@dataclass(frozen=True, eq=False)
class FirstHandoffs:
    """The n leads ever handed over by `as_of`, each by its first hand-off: rows of `handoffs`, by instant.

    `times` (n, criteria) is what each had earned by its hand-over, `fresh` (n, criteria) whether of that something in
    the last FRESH, `month` (n,) when that was. Leads that were created only later are left out. `delay` is the median
    time from qualifying as agreed to hand-over, in microseconds.
    """

    as_of: int
    counted: Definition
    columns: Columns
    handoffs: Handoffs
    times: TIMES
    fresh: Mask
    month: Whole
    delay: int

    @property
    def decided(self) -> Mask:
        return np.asarray(self.handoffs.decision != Decision.OPEN)

    def rows_of(self, stage: Stage) -> Mask:
        """Which of them tell of a stage: the decided ones; of SQLs and wins all that are older than 90 days."""
        if stage is Stage.ACCEPTED:
            return self.decided
        return np.asarray(self.handoffs.mql_at <= self.as_of - MATURE)

    def came(self, stage: Stage) -> Mask:
        """Which of them were accepted, or an SQL or won within 90 days."""
        if stage is Stage.ACCEPTED:
            return self.handoffs.accepted
        at: Instants = self.handoffs.sql_at if stage is Stage.SQL else self.handoffs.won_at
        return np.asarray((at != NEVER) & (at - self.handoffs.mql_at <= MATURE))

    def amounts(self) -> Real:
        """What each win within 90 days was worth; NaN for all others, and where nobody knows."""
        return np.where(self.came(Stage.WON), self.handoffs.amount, np.nan)


def criteria_of_both(agreed: Definition, draft: Definition) -> Definition:
    """A counting definition of every condition in either, the agreed ones first; the same whatever their points.

    A criterion that the draft asks otherwise counts beside the agreed one, under an id of its own.
    """
    there = {criterion.match for criterion in agreed.criteria}
    taken = {criterion.id for criterion in agreed.criteria}
    added = []
    for criterion in draft.criteria:
        if criterion.match in there:
            continue
        one = criterion.id
        while one in taken:
            one += "′"
        there.add(criterion.match)
        taken.add(one)
        added.append(replace(criterion, id=one))
    # Nothing but conditions, so that only they decide what is fitted anew.
    plain = Definition("counting", 1, (*agreed.criteria, *added), require=agreed.require)
    return counting(plain)


def first_handoffs(index: HitIndex, agreed: Definition, counted: Definition, handoffs: Handoffs) -> FirstHandoffs:
    """The leads' first hand-offs, with what the counting definition saw in each."""
    of_lead = lead_rows(handoffs, index.history)
    _, first = np.unique(of_lead, return_index=True)
    first = np.sort(first[index.history.created_at[of_lead[first]] <= handoffs.mql_at[first]])
    chosen, lead = handoffs.take(first), of_lead[first]
    hits = index.hits(counted)
    found = earned(hits, counted, lead, chosen.mql_at)
    before = earned(hits, counted, lead, chosen.mql_at - FRESH)
    times = found.times[found.kind]
    decided = np.asarray(chosen.decision != Decision.OPEN)
    start = int(chosen.mql_at[decided].min()) if decided.any() else handoffs.as_of
    columns = columns_of(looked_at(hits, counted), times[decided], start, handoffs.as_of)
    return FirstHandoffs(
        as_of=handoffs.as_of,
        counted=counted,
        columns=columns,
        handoffs=chosen,
        times=times,
        fresh=times > before.times[before.kind],
        month=columns.month_of(chosen.mql_at),
        delay=_delay(index, agreed, chosen, lead),
    )


def _delay(index: HitIndex, agreed: Definition, handed: Handoffs, lead: Whole) -> int:
    """The median time from qualifying as agreed to hand-over; 0 where nobody was handed over after qualifying."""
    qualified_at = replay(index.hits(agreed), agreed, as_of=handed.as_of).qualified_at[lead]
    after = (qualified_at <= handed.mql_at) & ~handed.below_line
    waited = handed.mql_at[after] - qualified_at[after]
    return int(np.median(waited)) if len(waited) else 0
