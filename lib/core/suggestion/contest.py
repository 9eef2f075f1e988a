"""Two definitions set against each other on one part of history, at equal volume.

Everything is as of the part's own instants: a hand-off counts with what its lead had met by then, a decision only
once it was taken. docs/decisions/0016 says what is compared, and how sure it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np

from lib.core.arrays import NEVER, Instants, Mask, Real, Whole
from lib.core.consequences.decisions import criteria_of_both, first_handoffs
from lib.core.consequences.expected import Consequences, Expected
from lib.core.consequences.foreseen import judged_by
from lib.core.consequences.gain import Chosen, gain
from lib.core.consequences.known import Evidence, Stage, evidence
from lib.core.consequences.learned import Learned, learned
from lib.core.definition.criteria import Definition
from lib.core.handoffs.below_line import line_of
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import Rises, rises, scores_at
from lib.core.statistics.rates import ENOUGH, Difference, Rate, rate
from lib.core.suggestion.points import ScoreLine
from lib.core.time.clock import day_of, day_start, week_of
from lib.core.time.window import Window

LATER_SHARE = 3
"""One of so many decisions, at least, lies in the later part, where the window is long enough."""

GUESSED_AT_MOST = 0.1
"""Where nothing is known of more than this share of either's leads, nothing is compared."""

RESAMPLES = 1_000
SEED = 20_260_101


@dataclass(frozen=True, eq=False)
class PartOfHistory:
    """Whole weeks of history with their hand-offs, and the decisions that were known at the part's end.

    `by` is what those of them that are a lead's first say of the criteria, of no others.
    """

    window: Window
    known: Evidence
    by: Learned

    @property
    def accepted(self) -> Mask:
        """Which of the decided were accepted; shape (decided,)."""
        return np.asarray(self.known.reached[0, self.known.decided])

    @property
    def decisions(self) -> Rate:
        return rate(int(self.accepted.sum()), len(self.known.decided))

    @property
    def is_enough(self) -> bool:
        """Are there enough of both answers to say anything?"""
        accepted = int(self.accepted.sum())
        return min(accepted, len(self.known.decided) - accepted) >= ENOUGH


def part_of(
    index: HitIndex,
    in_force: Definition,
    agreed: Definition,
    handoffs: Handoffs,
    window: Window,
    customer_since: Instants,
) -> PartOfHistory:
    """Some hand-offs as a part of history, and what they say of the criteria of both definitions."""
    firsts = handoffs.take(handoffs.cycle == 1)
    criteria = criteria_of_both(in_force, agreed)
    by = learned(first_handoffs(index, in_force, criteria, firsts), [Stage.ACCEPTED], {})
    # Who becomes a customer later is none yet.
    by_then = np.where(customer_since <= handoffs.as_of, customer_since, NEVER)
    return PartOfHistory(window, evidence(handoffs, index.history, line_of(index, in_force, handoffs, by_then)), by)


def parts_of(
    index: HitIndex,
    in_force: Definition,
    agreed: Definition,
    handoffs: Handoffs,
    window: Window,
    customer_since: Instants,
) -> tuple[PartOfHistory, PartOfHistory] | None:
    """History before the first day of a week and from it on, to the end of the window; None without two parts.

    The later part is the last weeks of the window that hold a third of all decisions. The earlier knows only what
    was decided before it began.
    """
    zone = ZoneInfo(window.zone)
    at = np.sort(handoffs.mql_at[handoffs.decision != Decision.OPEN])
    if not len(at):
        return None
    third = at[len(at) - 1 - len(at) // LATER_SHARE]
    split_on = min(
        max(week_of(day_of(int(third), zone), window.week_starts), window.start),
        week_of(window.last_day, window.week_starts),
    )
    first = week_of(day_of(int(at[0]), zone), window.week_starts)
    if first >= split_on:
        return None
    split = day_start(split_on, zone)
    before, after = handoffs.take(handoffs.mql_at < split), handoffs.take(handoffs.mql_at >= split)
    by_then = np.where(before.decided_at < split, before.decision, Decision.OPEN).astype(np.int8)
    closed_by_then = np.where(before.closed_at < split, before.closed_at, NEVER)
    before = replace(before, as_of=split, decision=by_then, closed_at=closed_by_then)
    return (
        part_of(index, in_force, agreed, before, window.days(first, split_on), customer_since),
        part_of(index, in_force, agreed, after, window.days(split_on, window.end), customer_since),
    )


@dataclass(frozen=True, eq=False)
class PartOutlook:
    """A definition in one part of history, at every threshold; `score` is what it gives each hand-off, NaN for none."""

    part: PartOfHistory
    index: HitIndex
    risen: Rises
    score: Real
    follows: Consequences

    def leads_at(self, threshold: int) -> int:
        """How many leads it brings in this part at a threshold."""
        return int(self.follows.leads[threshold]) if threshold <= self.follows.top else 0

    @property
    def scored(self) -> Mask:
        """Which of the decided hand-offs have a score; shape (decided,)."""
        return ~np.isnan(self.score[self.part.known.decided])

    @property
    def scores(self) -> Whole:
        """Of those that have one, in their order."""
        return self.score[self.part.known.decided][self.scored].astype(np.int64)


def outlook(index: HitIndex, definition: Definition, part: PartOfHistory) -> PartOutlook:
    """What a definition would have brought in a part of history, and what sales' decisions there say of it."""
    hits, known, edges = index.hits(definition), part.known, part.window.edges()
    return PartOutlook(
        part,
        index,
        rises(hits, definition, as_of=known.as_of, start=int(edges[0]), end=int(edges[-1])),
        scores_at(hits, definition, known.lead, known.mql_at).score,
        judged_by(index, definition, part.by, known, part.window),
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a definition did in one part of history.

    `expected` is the acceptance of the leads it would have handed over at its threshold. `separation` is the chance
    that of two decided hand-offs the accepted one scores higher, ties counting half (the area under the curve; 0.5: the
    score says nothing). `predicted` is the share of the decided hand-offs that would be accepted by what scores meant
    in the earlier part, and `brier` the mean square of how far off that was, hand-off by hand-off (Brier 1950).
    """

    expected: Expected
    separation: float | None
    predicted: float | None
    brier: float | None


def judgement(of: PartOutlook, threshold: int, line: ScoreLine) -> Judgement:
    """How the definition did at a threshold, when `line` says what its scores meant earlier."""
    expected = of.follows.expected(threshold)
    accepted, scores = of.part.accepted[of.scored], of.scores
    if min(accepted.sum(), len(accepted) - accepted.sum()) < ENOUGH:
        return Judgement(expected, None, None, None)
    chance = line.chance(scores)
    tables = _by_score(scores, accepted)
    alone = np.ones(len(scores))
    return Judgement(
        expected,
        _separation(np.bincount(tables.place, alone, tables.size).astype(np.float64)),
        float(chance.mean()),
        float(((chance - accepted) ** 2).mean()),
    )


@dataclass(frozen=True, slots=True)
class Contest:
    """A suggestion's points against the agreed ones at equal volume: `leads` of the part for both, so many a week.

    `suggested_leads` are how many the suggestion itself would bring in the part; what it has beyond `leads` is not
    compared with anything. The shares are those expected to be accepted, by the model; the differences are the
    suggestion's less the agreed definition's, those of decided hand-offs with intervals from resampled leads.
    """

    leads: int
    leads_a_week: float
    suggested_leads: int
    suggested_share: float
    agreed_share: float
    acceptance: Difference
    separation: Difference
    brier: Difference

    @property
    def is_better(self) -> bool:
        """More accepted at equal volume, beyond what chance makes, and the decided hand-offs not ranked worse."""
        return self.acceptance.low95 > 0.0 and self.separation.value >= 0.0

    @property
    def is_at_own_volume(self) -> bool:
        """Was the suggestion compared with all that it brings, but for as much as may be unobserved?"""
        return self.suggested_leads <= self.leads * (1.0 + GUESSED_AT_MOST)


def contest(
    suggested: PartOutlook,
    threshold: int,
    suggested_line: ScoreLine,
    agreed: PartOutlook,
    agreed_threshold: int,
    agreed_line: ScoreLine,
    progress: Callable[[float], None] = lambda _share: None,
    resamples: int = RESAMPLES,
) -> Contest | None:
    """Both at one volume, in the part of history of both; None where nobody can tell.

    It is that of the suggestion at its threshold, or of the agreed definition at its own where that is less. Of the
    leads at the last threshold that still brings as many, those that the next one would not bring count in part, so
    that the volumes are exactly equal. What is accepted is the model's of this part, which no points were fitted to; in
    ranking and calibration a lead is drawn with all its decided hand-overs, the same for both.
    """
    brought = suggested.leads_at(threshold)
    leads = min(brought, agreed.leads_at(agreed_threshold))
    if not leads or not suggested.part.is_enough:
        return None
    more = gain(suggested.index, suggested.part.by, _at_volume(suggested, leads), _at_volume(agreed, leads))
    if more is None or more.not_observed > GUESSED_AT_MOST:
        return None
    sides = (_Ranked(suggested, suggested_line), _Ranked(agreed, agreed_line))
    people = np.unique(np.concatenate([side.lead for side in sides]))
    placed = [side.among(people) for side in sides]
    once = np.ones(len(people))
    measured = np.array([side.measured(once) for side in placed])
    if np.isnan(measured).any():
        return None
    rng = np.random.default_rng(SEED)
    drawn = np.empty((resamples, 2))
    for number in range(resamples):
        if number % 50 == 0:
            progress(number / resamples)
        times = rng.poisson(1.0, len(people)).astype(np.float64)
        drawn[number] = np.subtract(*(side.measured(times) for side in placed))
    low, high = np.nanquantile(drawn, [0.025, 0.975], axis=0)
    separation, brier = (
        Difference(float(value), float(lower), float(upper), None)
        for value, lower, upper in zip(measured[0] - measured[1], low, high, strict=True)
    )
    a_week = leads / suggested.part.window.length_weeks
    return Contest(leads, a_week, brought, more.share, more.other, more.difference, separation, brier)


def _at_volume(of: PartOutlook, leads: int) -> Chosen:
    """Exactly so many leads, each by how much it counts."""
    brought = of.follows.leads
    reaching = np.flatnonzero(brought[1:] >= leads) + 1
    # A definition that never brings as many brings all it can.
    threshold = int(reaching[-1]) if len(reaching) else 1
    more = int(brought[threshold]) if threshold < len(brought) else 0
    fewer = int(brought[threshold + 1]) if threshold + 1 < len(brought) else 0
    next_one = (more - leads) / (more - fewer) if more > fewer and more > leads else 0.0
    rows = [of.risen.first_reaching(threshold), of.risen.first_reaching(threshold + 1)]
    weight = np.concatenate([np.full(len(rows[0]), 1.0 - next_one), np.full(len(rows[1]), next_one)])
    counted = np.concatenate(rows)[weight > 0.0]
    return Chosen(of.risen.lead[counted].astype(np.int64), of.risen.at[counted], weight[weight > 0.0])


@dataclass(frozen=True, eq=False)
class _ByScore:
    """The place of each hand-off in a table of score by answer, laid flat; `size` places in all."""

    place: Whole
    size: int


def _by_score(scores: Whole, accepted: Mask) -> _ByScore:
    low = int(scores.min(initial=0))
    return _ByScore(2 * (scores - low) + accepted, 2 * (int(scores.max(initial=0)) - low + 1))


def _separation(table: Real) -> float:
    """The chance that an accepted one scores higher than a rejected one; NaN where there is none of either."""
    rejected, accepted = table[::2], table[1::2]
    pairs = rejected.sum() * accepted.sum()
    below = np.cumsum(rejected) - rejected / 2
    return float(accepted @ below / pairs) if pairs > 0 else float("nan")


@dataclass(frozen=True, eq=False)
class _Placed:
    """One definition's decided hand-offs by the place of their leads: score and answer, and how far it was off."""

    person: Whole
    table: _ByScore
    square: Real

    def measured(self, times: Real) -> Real:
        """Separation and Brier score with each person counted so many times; NaN where there is none."""
        decisions = times[self.person]
        total = decisions.sum()
        return np.array(
            [
                _separation(np.bincount(self.table.place, decisions, self.table.size).astype(np.float64)),
                float(decisions @ self.square / total) if total > 0 else np.nan,
            ]
        )


class _Ranked:
    """One definition's decided hand-offs with the lead of each."""

    def __init__(self, of: PartOutlook, line: ScoreLine) -> None:
        known = of.part.known
        decided = known.decided[of.scored]
        self.lead = known.lead[decided]
        self._table = _by_score(of.scores, known.reached[0, decided])
        self._square = (line.chance(of.scores) - known.reached[0, decided]) ** 2

    def among(self, people: Whole) -> _Placed:
        """With leads numbered by their place among these."""
        return _Placed(np.searchsorted(people, self.lead), self._table, self._square)
