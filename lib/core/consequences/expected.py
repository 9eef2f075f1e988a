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
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lib.core.definition.criteria import Definition
from lib.core.definition.matching import Mask
from lib.core.funnel.cohorts import BAND_POINTS, lead_rows
from lib.core.handoffs.below_line import Line
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import History, Instants
from lib.core.replay.preview import Window
from lib.core.replay.replay import NEVER, Hits, Rises, rises, scores_at
from lib.core.statistics.rates import ENOUGH, Rate, rates, wilson

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]

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
    below the line, and not gone on to the threshold. `line` is None where it is not asked.
    """

    as_of: int
    lead: Whole
    mql_at: Instants
    reached: Mask
    decided: Whole
    drawn: Mask
    line: Line | None

    @cached_property
    def places(self) -> tuple[Instants, Whole]:
        """The instants of the decided hand-offs, ascending, and one number each of lead and instant, ascending too.

        Leads and instants do not fit into one number; leads and the instants' ranks do.
        """
        instants, rank = np.unique(self.mql_at[self.decided], return_inverse=True)
        return instants, np.asarray(self.lead[self.decided] * (len(instants) + 1) + rank)


def evidence(handoffs: Handoffs, history: History, line: Line | None = None) -> Evidence:
    """The hand-offs in the order in which a draft's leads look for theirs.

    `line` says how the history's leads stand to the agreed definition; without it a
    hand-off that was drawn below the line counts like any other.
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
        drawn=np.zeros(len(order), dtype=np.bool_)
        if line is None
        else handoffs.below_line[order] & ~line.above[lead[order]],
        line=line,
    )


@dataclass(frozen=True, slots=True)
class Band:
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
    last row: not observed), `below` those of them that are not handed over as agreed (None: not asked).
    `decided` (g + 1,) and `reached` (stages, g + 1) are the
    hand-offs behind each row. `unscored` hand-offs lie in no band: their lead was created later.
    `bands` are of all hand-offs, `bands_drawn` of those drawn at random.
    """

    window: Window
    as_of: int
    bands: tuple[Band, ...]
    bands_drawn: tuple[Band, ...]
    unscored: int
    decided: Whole
    reached: Whole
    used: Whole
    used_reached: Whole
    others: Whole
    below: Whole | None
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

    def beyond(self, threshold: int) -> Beyond | None:
        """Where a threshold of 1 or more leaves what was observed; None where it was not asked. A look-up."""
        if self.below is None:
            return None
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
    below = np.zeros(len(cell), dtype=np.bool_)
    if known.line is not None:
        below = ~known.line.above[risen.lead]
        if known.drawn.any():
            decided = np.bincount(cell_of_handoff[known.decided] % (2 * count + 1), minlength=2 * count + 1)
            by_the_lot = _judged_by_the_lot(decided[:count], decided[count:-1])
            cell = cell + count * (known.line.within[risen.lead] & by_the_lot[cell])
    return Placed(risen, lowest, count, scored, cell_of_handoff, _nearest_decided(known, risen), cell, below)


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
        below=None if known.line is None else others[1::2],
        drawn=(rows >= count) & (rows < cells),
    )


def _judged_by_the_lot(decided: Whole, drawn: Whole) -> Mask:
    """In which bands those drawn at random speak for the leads below the line: enough of them, or nobody else does."""
    return np.asarray((drawn >= ENOUGH) | ((decided == 0) & (drawn > 0)))


def _bands(lowest: int, handed_over: Whole, decided: Whole, reached: Whole) -> tuple[Band, ...]:
    of_stage = [rates(came, decided) for came in reached]
    return tuple(
        Band((lowest + n) * BAND_POINTS, (lowest + n + 1) * BAND_POINTS, int(handed_over[n]), *of_band)
        for n, of_band in enumerate(zip(*of_stage, strict=True))
    )


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


def acceptance_in_words(expected: Expected) -> str:
    """Where the expected acceptance comes from, in one sentence."""
    if not expected.leads:
        return f"No lead qualifies at {expected.threshold} points."
    parts = []
    if expected.observed:
        parts.append(f"sales has decided on {expected.observed:,} and accepted {expected.observed_reached:,}")
    if expected.estimated:
        share = expected.estimated_reached / expected.estimated
        others = "others" if expected.observed else "them"
        parts.append(
            f"of {expected.estimated:,} {others} it would accept about {expected.estimated_reached:,.0f}"
            f" ({share * 100:.0f} %), as it did with scores like theirs"
        )
    if expected.not_observed:
        have = (
            "1 has a score that was"
            if expected.not_observed == 1
            else f"{expected.not_observed:,} have scores that were"
        )
        parts.append(f"{have} never decided on, and nothing is guessed")
    leads = "1 lead" if expected.leads == 1 else f"{expected.leads:,} leads"
    return f"Of {leads} at {expected.threshold} points, {'; '.join(parts)}."


def further_in_words(sql: Expected, won: Expected) -> str:
    """How many of the same leads are expected to be SQLs and won, each as far as such hand-offs have come by now."""
    if not sql.known:
        return "Nothing tells how many would become SQLs or be won: sales has decided on no lead like these."
    return (
        f"Of {sql.known:,} leads {_about(sql)} would be SQLs and {_about(won)} won, as far as hand-offs like "
        "them have come by now."
    )


def _about(expected: Expected) -> str:
    if expected.share is None or expected.low95 is None or expected.high95 is None:
        return f"about {expected.reached:,.0f}"
    return (
        f"about {expected.reached:,.0f} ({expected.share * 100:.0f} %, 95 % interval {expected.low95 * 100:.0f} to "
        f"{expected.high95 * 100:.0f} %)"
    )


def beyond_in_words(expected: Expected, beyond: Beyond) -> str:
    """Where a draft leaves what was ever observed, and who speaks for it there, in one sentence."""
    if not beyond.leads:
        return "This stays within what was observed: each of its leads is decided on, or handed over as agreed too."
    all_of_them = beyond.leads in (beyond.at_random, beyond.alike, beyond.not_observed)
    judged = [
        (beyond.at_random, f"judged by {_decisions(beyond.decisions)} on leads drawn at random below the line"),
        (beyond.alike, "judged by leads of such a score that other points brought over the line, maybe too well"),
        (beyond.not_observed, "judged by nothing, and left out"),
    ]
    said = [f"{'all' if all_of_them else f'{leads:,}'} {how}" for leads, how in judged if leads]
    return (
        f"This leaves what was observed with {beyond.leads:,} of its {expected.leads:,} leads, which are not handed "
        f"over as agreed: {'; '.join(said)}."
    )


def _decisions(number: int) -> str:
    return "1 decision" if number == 1 else f"{number:,} decisions"
