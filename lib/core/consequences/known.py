"""What is known of sales' decisions: the hand-offs any draft is judged by, and who speaks for which lead."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from lib.core.arrays import NEVER, Instants, Mask, Real, Whole
from lib.core.definition.criteria import Definition
from lib.core.handoffs.below_line import Line
from lib.core.handoffs.choosing import BAND_POINTS, lead_rows
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import History
from lib.core.replay.hits import Hits
from lib.core.replay.replay import Rises, last_looks, rises, scores_at
from lib.core.statistics.rates import ENOUGH
from lib.core.time.window import Window

NONE = -1
"""No hand-off, no band."""


class Stage(StrEnum):
    """What can become of a hand-off, each as far as it has by the instant looked at."""

    ACCEPTED = "accepted"
    SQL = "sql"
    WON = "won"


STAGES = tuple(Stage)


@dataclass(frozen=True, eq=False)
class Evidence:
    """The h hand-offs up to `as_of`, by lead, then by hand-over; what any draft is judged by.

    `lead` (h,) is a row of the history, `reached` (stages, h) says how far each came. `decided` are the
    rows that sales has decided on. `drawn` (h,) are those that speak for the leads `line.within`: handed over
    below the line, and not gone on to the threshold. `line` says how all leads stand to the agreed definition.
    """

    as_of: int
    lead: Whole
    mql_at: Instants
    reached: Mask
    decided: Whole
    drawn: Mask
    line: Line

    @cached_property
    def places(self) -> tuple[Instants, Whole]:
        """The instants of the decided hand-offs, ascending, and one number each of lead and instant, ascending too.

        Leads and instants do not fit into one number; leads and the instants' ranks do.
        """
        instants, rank = np.unique(self.mql_at[self.decided], return_inverse=True)
        return instants, np.asarray(self.lead[self.decided] * (len(instants) + 1) + rank)


def evidence(handoffs: Handoffs, history: History, line: Line) -> Evidence:
    """The hand-offs in the order in which a draft's leads look for theirs.

    `line` says how the history's leads stand to the agreed definition: who was drawn below it speaks for those who
    could have been, and for nobody else.
    """
    lead = lead_rows(handoffs, history)
    order = np.lexsort((handoffs.mql_at, lead))
    reached = np.stack([handoffs.accepted, handoffs.sql_at != NEVER, handoffs.won_at != NEVER])
    return Evidence(
        as_of=handoffs.as_of,
        lead=lead[order],
        mql_at=handoffs.mql_at[order],
        reached=reached[:, order],
        decided=np.flatnonzero(handoffs.decision[order] != Decision.OPEN),
        drawn=handoffs.below_line[order] & ~line.above[lead[order]],
        line=line,
    )


@dataclass(frozen=True, eq=False)
class Placed:
    """Where a draft's would-be hand-offs stand among those that were decided on.

    A cell is one of `bands` bands, from the one that begins at `lowest` × BAND_POINTS points on, of those that met a
    definition, or, after all these, a band of those drawn below the line. `score` (h,) is what the draft gives each
    hand-off as of its own hand-over, NaN where the lead was created later, and then `cell_of_handoff` (h,) is NONE.
    Of each of the r rises, `handoff` is the row of the evidence whose decision counts for it, NONE where it has none;
    then it counts at the rate of its `cell`. `below` are those that are not handed over as agreed.
    """

    risen: Rises
    lowest: int
    bands: int
    score: Real
    cell_of_handoff: Whole
    handoff: Whole
    cell: Whole
    below: Mask

    @property
    def cells(self) -> int:
        return 2 * self.bands

    def in_cells(self, handoffs: Whole) -> Whole:
        """How many of some hand-offs lie in each cell, and, last, in none; shape (cells + 1,)."""
        # -1 is the last place.
        return np.bincount(self.cell_of_handoff[handoffs] % (self.cells + 1), minlength=self.cells + 1)


def placed(hits: Hits, draft: Definition, known: Evidence, window: Window) -> Placed:
    """The leads that rise under the draft in the window, whatever its threshold, and what each of them is judged by.

    `hits` are those of the draft's conditions in the history the evidence is about.
    Nothing later than the evidence's instant counts, and nothing later than a
    hand-over counts for its score.
    """
    edges = window.edges()
    until = last_looks(draft, known.line.customer_since, known.as_of)
    risen = rises(hits, draft, as_of=until, start=int(edges[0]), end=int(edges[-1]))
    scored = scores_at(hits, draft, known.lead, known.mql_at).score
    has_score = ~np.isnan(scored)
    band_of_handoff = np.full(len(scored), NONE, dtype=np.int64)
    band_of_handoff[has_score] = np.floor_divide(scored[has_score], BAND_POINTS).astype(np.int64)
    band_of_rise = np.floor_divide(risen.score, BAND_POINTS).astype(np.int64)
    # Whatever the draft makes of anybody, from the lowest hand-off to the highest lead, lies in a band.
    ends = [
        end(bands) for bands in (band_of_handoff[has_score], band_of_rise) if len(bands) for end in (np.min, np.max)
    ]
    lowest, count = (int(min(ends)), int(max(ends) - min(ends)) + 1) if ends else (0, 0)
    band_of_handoff[has_score] -= lowest
    cell = band_of_rise - lowest
    cell_of_handoff = np.where(has_score, band_of_handoff + count * known.drawn, NONE)
    below = ~known.line.above[risen.lead]
    if known.drawn.any():
        decided = np.bincount(cell_of_handoff[known.decided] % (2 * count + 1), minlength=2 * count + 1)
        by_the_lot = _judged_by_the_lot(decided[:count], decided[count:-1])
        cell = cell + count * (known.line.within[risen.lead] & by_the_lot[cell])
    return Placed(risen, lowest, count, scored, cell_of_handoff, _nearest_decided(known, risen), cell, below)


def _judged_by_the_lot(decided: Whole, drawn: Whole) -> Mask:
    """In which bands those drawn at random speak for the leads below the line: enough of them, or nobody else does."""
    return np.asarray((drawn >= ENOUGH) | ((decided == 0) & (drawn > 0)))


def _nearest_decided(known: Evidence, risen: Rises) -> Whole:
    """For each rise the hand-off whose decision is its lead's: the nearest hand-over, the earlier of two; NONE without.

    Shape (r,), rows of the evidence.
    """
    found = np.full(len(risen.lead), NONE, dtype=np.int64)
    lead, at = known.lead[known.decided], known.mql_at[known.decided]
    if not len(lead):
        return found
    instants, key = known.places
    ranks = len(instants) + 1
    decided_on = np.zeros(int(max(lead.max(), risen.lead.max(initial=0))) + 1, dtype=np.bool_)
    decided_on[lead] = True
    asking = np.flatnonzero(decided_on[risen.lead])
    asked_lead, asked_at = risen.lead[asking].astype(np.int64), risen.at[asking]
    after = np.searchsorted(key, asked_lead * ranks + np.searchsorted(instants, asked_at), side="left")
    before = after - 1
    has_after = (after < len(key)) & (lead[np.minimum(after, len(key) - 1)] == asked_lead)
    has_before = (before >= 0) & (lead[before] == asked_lead)
    later = np.where(has_after, at[np.minimum(after, len(key) - 1)] - asked_at, NEVER)
    earlier = np.where(has_before, asked_at - at[before], NEVER)
    found[asking] = known.decided[np.where(earlier <= later, before, after)]
    return found
