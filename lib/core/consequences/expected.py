"""What sales would make of a draft's leads: acceptance seen so far by score, and what to expect at every threshold.

Every hand-off up to the instant looked at is scored under the draft as of its own
hand-over, and the decided ones make the acceptance of each band of scores. A lead
of the draft that sales has decided on counts as decided; any other counts at the
rate of the band its score lies in; where nothing was ever decided, nothing is guessed.
Leads short of the agreed threshold are judged by those of them that were drawn at random,
where there are enough. docs/decisions/0006 and 0010 say why, and how sure the numbers are.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lib.core.arrays import Mask, Real, Whole
from lib.core.consequences.known import NONE, STAGES, Evidence, Placed, Stage, placed
from lib.core.definition.criteria import Definition
from lib.core.handoffs.choosing import BAND_POINTS
from lib.core.replay.hits import Hits
from lib.core.replay.replay import Rises
from lib.core.statistics.rates import ENOUGH, Rate, rates, wilson
from lib.core.time.window import Window


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """The hand-offs that score from `low` up to, not including, `high`, and how far those decided on came."""

    low: int
    high: int
    handed_over: int
    accepted: Rate
    sql: Rate
    won: Rate

    @property
    def decided(self) -> int:
        return self.accepted.trials

    @property
    def observed(self) -> bool:
        """Has sales ever decided on a score of this band?"""
        return self.decided > 0


@dataclass(frozen=True, slots=True)
class Expected:
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


@dataclass(frozen=True, slots=True)
class Beyond:
    """The leads at one threshold that are not handed over as agreed, and that sales has not decided on.

    `at_random` of them are judged by `decisions` on leads such as these that were
    drawn at random. `alike` are judged by leads with such a score that other points
    brought over the line. The others are `not_observed`.
    """

    leads: int
    at_random: int
    decisions: int
    alike: int
    not_observed: int


@dataclass(frozen=True, eq=False)
class TradeOff:
    """Volume against acceptance for every threshold from 1 to the highest score; shapes (thresholds,).

    `share`, `low95` and `high95` are NaN where the counts stand alone;
    `not_observed` is the share of the leads about which nothing is known.
    """

    thresholds: Whole
    mqls_per_week: Real
    share: Real
    low95: Real
    high95: Real
    not_observed: Real


@dataclass(frozen=True, eq=False)
class Consequences:
    """What the evidence says about a draft, at every threshold at once.

    The tables have a row for each of the g bands with a decision and one last row,
    and a column for each threshold from 0 to `top`. A band in which leads drawn at random
    were decided on has a row for these too, marked in `drawn` (g + 1,). `used` (g + 1, top + 1) counts the leads
    decided on, in the row of that hand-off's band (the last row: it has no score),
    `used_reached` (stages, top + 1) how far they came; `others` (g + 1, top + 1)
    counts the leads without a decision, in the row of the band of their own score (the
    last row: not observed), `below` those of them that are not handed over as agreed.
    `decided` (g + 1,) and `reached` (stages, g + 1) are the
    hand-offs behind each row. `unscored` hand-offs lie in no band: their lead was created later.
    `bands` are of all hand-offs, `bands_drawn` of those drawn at random.
    """

    window: Window
    as_of: int
    bands: tuple[ScoreBand, ...]
    bands_drawn: tuple[ScoreBand, ...]
    unscored: int
    decided: Whole
    reached: Whole
    used: Whole
    used_reached: Whole
    others: Whole
    below: Whole
    drawn: Mask

    @property
    def top(self) -> int:
        """The highest threshold at which anybody qualifies in the window; 0 when nobody does at any."""
        return int(self.used.shape[1]) - 1

    @property
    def leads(self) -> Whole:
        """How many leads qualify in the window at each threshold; shape (top + 1,)."""
        return np.asarray(self._observed + self._estimated + self.others[-1])

    def expected(self, threshold: int, stage: Stage = Stage.ACCEPTED) -> Expected:
        """What a threshold of 1 or more brings; a look-up."""
        number = STAGES.index(stage)
        if threshold > self.top:
            return Expected(threshold, stage, 0, 0, 0, 0.0, 0, None, None)
        estimated, low, high = (column[threshold] for column in self._of_stage[number])
        return Expected(
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

    def trade_off(self, stage: Stage = Stage.ACCEPTED) -> TradeOff:
        """What every threshold brings."""
        number = STAGES.index(stage)
        estimated, low, high = self._of_stage[number]
        known = self._observed + self._estimated
        leads = known + self.others[-1]
        with np.errstate(invalid="ignore"):
            share = np.where(np.isnan(low), np.nan, (self.used_reached[number] + estimated) / known)
            not_observed = self.others[-1] / leads
        return TradeOff(
            thresholds=np.arange(1, self.top + 1),
            mqls_per_week=leads[1:] / self.window.length_weeks,
            share=share[1:],
            low95=low[1:],
            high95=high[1:],
            not_observed=not_observed[1:],
        )

    def beyond(self, threshold: int) -> Beyond:
        """Where a threshold of 1 or more leaves what was observed; a look-up."""
        if threshold > self.top:
            return Beyond(0, 0, 0, 0, 0)
        leads = self.below[:, threshold]
        at_random, not_observed = int(leads[self.drawn].sum()), int(leads[-1])
        return Beyond(
            leads=int(leads.sum()),
            at_random=at_random,
            decisions=int(self.decided[self.drawn & (leads > 0)].sum()),
            alike=int(leads.sum()) - at_random - not_observed,
            not_observed=not_observed,
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


def consequences(hits: Hits, draft: Definition, known: Evidence, window: Window) -> Consequences:
    """What the evidence says about the draft's leads of the window, whatever its threshold; see `placed`."""
    return tallied(placed(hits, draft, known, window), known, window)


def tallied(stand: Placed, known: Evidence, window: Window) -> Consequences:
    """What was placed, counted for every threshold."""
    risen, count, cells = stand.risen, stand.bands, stand.cells
    handed_over = stand.in_cells(np.arange(len(known.lead)))
    decided = stand.in_cells(known.decided)
    reached = np.stack([stand.in_cells(known.decided[came[known.decided]]) for came in known.reached])
    seen = np.flatnonzero(decided[:cells])
    row_of_cell = np.full(cells + 1, len(seen), dtype=np.int64)
    row_of_cell[seen] = np.arange(len(seen))
    rows = np.append(seen, cells)

    top = int(risen.score.max(initial=0))
    has_one = stand.handoff != NONE
    counted = stand.handoff[has_one]
    # Two rows for each: those handed over as agreed, and those below the line.
    row_of_other = 2 * row_of_cell[stand.cell[~has_one]] + stand.below[~has_one]
    others = _at_thresholds(risen, ~has_one, row_of_other, 2 * len(rows), top)
    both = decided[:count] + decided[count:cells], reached[:, :count] + reached[:, count:cells]
    return Consequences(
        window=window,
        as_of=known.as_of,
        bands=_bands(stand.lowest, handed_over[:count] + handed_over[count:cells], *both),
        bands_drawn=tuple(
            band
            for band in _bands(stand.lowest, handed_over[count:cells], decided[count:cells], reached[:, count:cells])
            if band.handed_over
        ),
        unscored=int(np.count_nonzero(stand.cell_of_handoff == NONE)),
        decided=decided[rows],
        reached=reached[:, rows],
        used=_at_thresholds(risen, has_one, row_of_cell[stand.cell_of_handoff[counted]], len(rows), top),
        used_reached=np.concatenate(
            [_at_thresholds(risen, has_one, np.where(came[counted], 0, NONE), 1, top) for came in known.reached]
        ),
        others=others[::2] + others[1::2],
        below=others[1::2],
        drawn=(rows >= count) & (rows < cells),
    )


def _bands(lowest: int, handed_over: Whole, decided: Whole, reached: Whole) -> tuple[ScoreBand, ...]:
    of_stage = [rates(came, decided) for came in reached]
    return tuple(
        ScoreBand((lowest + n) * BAND_POINTS, (lowest + n + 1) * BAND_POINTS, int(handed_over[n]), *of_band)
        for n, of_band in enumerate(zip(*of_stage, strict=True))
    )


def _at_thresholds(risen: Rises, among: Mask, row: Whole, rows: int, top: int) -> Whole:
    """How many of some rises qualify at each threshold, by the row each belongs to (NONE: none); shape (rows, top + 1).

    A rise qualifies above `below` and up to its score, so it adds 1 at one end and takes 1 at the other.
    """
    below, score = risen.below[among], risen.score[among]
    counted = row != NONE
    width = top + 2
    place = row[counted] * width
    steps = np.bincount(place + below[counted] + 1, minlength=rows * width)
    steps -= np.bincount(place + score[counted] + 1, minlength=rows * width)
    return np.cumsum(steps.reshape(rows, width), axis=1)[:, : top + 1]
