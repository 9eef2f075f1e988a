"""Acceptance by the decisions on hand-offs of such a score: what two sets of points are compared by, out of time.

A lead that sales has decided on counts as decided; any other at the rate of the band its score lies in; where nothing
was ever decided, nothing is guessed. Leads short of the agreed threshold are judged by those of them that were drawn
at random, where there are enough.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lib.core.arrays import NEVER, Mask, Real, Whole
from lib.core.consequences.known import STAGES, Evidence, Stage
from lib.core.definition.criteria import Definition
from lib.core.handoffs.choosing import BAND_POINTS
from lib.core.replay.hits import Hits
from lib.core.replay.replay import Rises, rises, scores_at
from lib.core.statistics.rates import ENOUGH, wilson
from lib.core.time.window import Window

NONE = -1
"""No hand-off, no band."""


@dataclass(frozen=True, slots=True)
class ExpectedByBand:
    """What is to be expected of the leads that qualify at one threshold in the window.

    `observed` leads are decided on, and `observed_reached` of them came to the
    stage. Of `estimated` others about `estimated_reached` would; `not_observed` lie
    in bands where nothing was ever decided, and are left out. `low95` and `high95`
    enclose the chance with which leads such as these reach the stage; None where
    fewer than 10 leads, or fewer than 10 decisions, stand behind it.
    """

    threshold: int
    stage: Stage
    observed: int
    observed_reached: int
    estimated: int
    estimated_reached: float
    not_observed: int
    low95: float | None
    high95: float | None

    @property
    def leads(self) -> int:
        """All that qualify."""
        return self.known + self.not_observed

    @property
    def known(self) -> int:
        """Those that something is known about: decided on, or in a band where others were."""
        return self.observed + self.estimated

    @property
    def reached(self) -> float:
        return self.observed_reached + self.estimated_reached

    @property
    def share(self) -> float | None:
        """Reached ÷ known, None where the counts stand alone."""
        return None if self.low95 is None else self.reached / self.known

    @property
    def margin(self) -> float | None:
        """Half of the interval's width: the 4 of "46 % ± 4" is 0.04."""
        return None if self.low95 is None or self.high95 is None else (self.high95 - self.low95) / 2


@dataclass(frozen=True, eq=False)
class ByBand:
    """What the decisions on such scores say about a definition, at every threshold at once.

    The tables have a row for each of the g bands with a decision and one last row, and a column for each threshold from
    0 to `top`; a band in which leads drawn at random were decided on has a row for these too. `used` (g + 1, top + 1)
    counts the leads decided on, in the row of that hand-off's band (the last row: it has no score), `used_reached`
    (stages, top + 1) how far they came; `others` (g + 1, top + 1) counts the leads without a decision, in the row of
    the band of their own score (the last row: not observed). `decided` (g + 1,) and `reached` (stages, g + 1) are the
    hand-offs behind each row.
    """

    decided: Whole
    reached: Whole
    used: Whole
    used_reached: Whole
    others: Whole

    @property
    def top(self) -> int:
        """The highest threshold at which anybody qualifies in the window; 0 when nobody does at any."""
        return int(self.used.shape[1]) - 1

    @property
    def leads(self) -> Whole:
        """How many leads qualify in the window at each threshold; shape (top + 1,)."""
        return np.asarray(self._observed + self._estimated + self.others[-1])

    def expected(self, threshold: int, stage: Stage = Stage.ACCEPTED) -> ExpectedByBand:
        """What a threshold of 1 or more brings; a look-up."""
        number = STAGES.index(stage)
        if threshold > self.top:
            return ExpectedByBand(threshold, stage, 0, 0, 0, 0.0, 0, None, None)
        estimated, low, high = (column[threshold] for column in self._of_stage[number])
        return ExpectedByBand(
            threshold=threshold,
            stage=stage,
            observed=int(self._observed[threshold]),
            observed_reached=int(self.used_reached[number, threshold]),
            estimated=int(self._estimated[threshold]),
            estimated_reached=float(estimated),
            not_observed=int(self.others[-1, threshold]),
            low95=None if math.isnan(low) else float(low),
            high95=None if math.isnan(high) else float(high),
        )

    @cached_property
    def _observed(self) -> Whole:
        return np.asarray(self.used.sum(axis=0))

    @cached_property
    def _estimated(self) -> Whole:
        return np.asarray(self.others[:-1].sum(axis=0))

    @cached_property
    def _of_stage(self) -> list[tuple[Real, Real, Real]]:
        """By stage: how many of the estimated leads reach it, and the interval of the share; shapes (top + 1,)."""
        return [self._estimate(number) for number in range(len(STAGES))]

    def _estimate(self, number: int) -> tuple[Real, Real, Real]:
        behind = np.flatnonzero(self.decided)
        n, k = self.decided[behind].astype(np.float64), self.reached[number, behind].astype(np.float64)
        used, others = self.used[behind], np.where(behind[:, None] < len(self.decided) - 1, self.others[behind], 0)
        rate = k / n
        estimated = rate @ others
        total, known = self.used_reached[number] + estimated, self._observed + self._estimated
        # A decision counts once for its own lead, and for others/n leads that were estimated by it.
        weight = used + 2 * used * others / n[:, None] + others**2 / n[:, None]
        low, high = wilson(k, n) if len(n) else (k, k)
        down = np.sqrt(((rate - low) ** 2 * n) @ weight)
        up = np.sqrt(((high - rate) ** 2 * n) @ weight)
        decisions = n @ (weight > 0)
        enough = (known >= ENOUGH) & (decisions >= ENOUGH)
        of = np.where(enough, known, np.nan)
        return estimated, np.maximum((total - down) / of, 0.0), np.minimum((total + up) / of, 1.0)


@dataclass(frozen=True, eq=False)
class Placed:
    """Where a draft's would-be hand-offs stand among those that were decided on.

    A cell is one of `bands` bands, from the one that begins at `lowest` × BAND_POINTS points on, of those that met a
    definition, or, after all these, a band of those drawn below the line. `score` (h,) is what the draft gives each
    hand-off as of its own hand-over, NaN where the lead was created later, and then `cell_of_handoff` (h,) is NONE.
    Of each of the r rises, `handoff` is the row of the evidence whose decision counts for it, NONE where it has none;
    then it counts at the rate of its `cell`.
    """

    risen: Rises
    lowest: int
    bands: int
    score: Real
    cell_of_handoff: Whole
    handoff: Whole
    cell: Whole

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
    risen = rises(hits, draft, as_of=known.as_of, start=int(edges[0]), end=int(edges[-1]))
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
    if known.drawn.any():
        decided = np.bincount(cell_of_handoff[known.decided] % (2 * count + 1), minlength=2 * count + 1)
        by_the_lot = _judged_by_the_lot(decided[:count], decided[count:-1])
        cell = cell + count * (known.line.within[risen.lead] & by_the_lot[cell])
    return Placed(risen, lowest, count, scored, cell_of_handoff, _nearest_decided(known, risen), cell)


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


def tallied(stand: Placed, known: Evidence) -> ByBand:
    """What was placed, counted for every threshold."""
    risen, cells = stand.risen, stand.cells
    decided = stand.in_cells(known.decided)
    reached = np.stack([stand.in_cells(known.decided[came[known.decided]]) for came in known.reached])
    seen = np.flatnonzero(decided[:cells])
    row_of_cell = np.full(cells + 1, len(seen), dtype=np.int64)
    row_of_cell[seen] = np.arange(len(seen))
    rows = np.append(seen, cells)

    top = int(risen.score.max(initial=0))
    has_one = stand.handoff != NONE
    own = np.where(has_one, stand.handoff, 0)
    row_of_own = np.where(has_one, row_of_cell[stand.cell_of_handoff[own]], NONE) if len(known.lead) else own - 1
    row_of_other = np.where(has_one, NONE, row_of_cell[stand.cell])
    return ByBand(
        decided=decided[rows],
        reached=reached[:, rows],
        used=risen.at_thresholds(row_of_own, len(rows), top),
        used_reached=np.concatenate(
            [risen.at_thresholds(np.where(has_one & _came(came, own), 0, NONE), 1, top) for came in known.reached]
        ),
        others=risen.at_thresholds(row_of_other, len(rows), top),
    )


def _came(came: Mask, handoff: Whole) -> Mask:
    return came[handoff] if len(came) else np.zeros(len(handoff), dtype=np.bool_)
