"""What is expected of a draft's leads at every threshold: the figures, and how far they can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lib.core.arrays import Real, Whole
from lib.core.consequences.known import Stage
from lib.core.statistics.rates import Rate
from lib.core.time.window import Window

WIDEST = 0.15
"""Half of an interval's width; a share that is known less well is not said."""


class Method(StrEnum):
    """How a figure came about, or why there is none; `method` in `preview --json`."""

    MODEL = "model"
    """A share stands."""
    TOO_FEW = "too_few"
    """Under 100 decided or 20 of either answer, or wider than ±15 points: counts alone."""
    REFUSED = "refused"
    """Sales goes by something that the criteria do not hold, or by the points it is shown."""
    UNANSWERED = "unanswered"
    """More than 30 % of the hand-offs old enough for an answer have none."""
    NOBODY = "nobody"
    """No lead qualifies at this threshold."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % interval."""

    share: float
    low95: float
    high95: float

    @property
    def margin(self) -> float:
        """Half of the interval's width: the 4 of "46 % ± 4" is 0.04."""
        return (self.high95 - self.low95) / 2


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be expected of the leads that qualify at one threshold in the window.

    `said` is about the `known` of its leads; `not_observed` have (or lack) a criterion that hardly any decided lead
    had (or lacked), and are left out. `today` is the same as sales judges now, where acceptance moved over the months.
    The fit rests on `decided` first hand-offs, `reached_by_decided` of which came to the stage: the counts that stand
    alone where there is no figure. Of SQLs and wins, `decided` are the first hand-offs older than 90 days.
    """

    threshold: int
    stage: Stage
    leads: int
    not_observed: int
    said: Interval | None
    method: Method
    today: Interval | None
    decided: int
    reached_by_decided: int

    @property
    def known(self) -> int:
        """The leads about which something is known."""
        return self.leads - self.not_observed

    @property
    def share(self) -> float | None:
        return None if self.said is None else self.said.share

    @property
    def low95(self) -> float | None:
        return None if self.said is None else self.said.low95

    @property
    def high95(self) -> float | None:
        return None if self.said is None else self.said.high95

    @property
    def margin(self) -> float | None:
        return None if self.said is None else self.said.margin

    @property
    def calibrated(self) -> bool | None:
        """Do the criteria hold what sales goes by? None where nobody can say."""
        return {Method.MODEL: True, Method.REFUSED: False}.get(self.method)

    @property
    def reached(self) -> float:
        """How many of the known leads are expected to come to the stage; 0.0 without a share."""
        return 0.0 if self.said is None else self.said.share * self.known

    @property
    def promised(self) -> Interval | None:
        """What a proposal predicts: as sales judges today, where acceptance moved."""
        return self.said if self.today is None else self.today


@dataclass(frozen=True, slots=True)
class Amount:
    """What the expected wins of the known leads at a threshold are worth, wins within 90 days of hand-over.

    `expected` is the expected number of wins × the mean amount won, `low95` and `high95` its interval; None where the
    model says nothing of wins (fewer than 30, or refused): then the past's counts stand alone, `won` wins of `decided`
    first hand-offs older than 90 days, worth `won_amount` together (None where no amount is known).
    """

    threshold: int
    expected: float | None
    low95: float | None
    high95: float | None
    decided: int
    won: int
    won_amount: float | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Of `old` first hand-offs older than nine in ten decisions took, `overdue` are still open.

    `poorer`: the fit says that those are the poorer leads (p < 1 %).
    """

    old: int
    overdue: int
    poorer: bool

    @property
    def share(self) -> float:
        return self.overdue / self.old if self.old else 0.0


@dataclass(frozen=True, slots=True)
class DrawnCheck:
    """The leads drawn below the line: what a fit without them says of them, and what sales said."""

    model: float
    sales: Rate


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one stage's fit can be trusted, and why not further.

    `why` has a sentence for each reason to refuse. `moved`: acceptance changed over the months (p < 1 %). `pairs`
    are the products and steps that entered, by the ids of their criteria ("decides × pricing", "webinar twice").
    `not_observed` are the ids of criteria that fewer than 10 decided leads had, or lacked. `owners_differ` names
    owners who answer otherwise than the others do (p < 1 %).
    """

    decided: int
    reached: int
    why: tuple[str, ...]
    moved: bool
    unanswered: Unanswered
    drawn_check: DrawnCheck | None
    owners_differ: tuple[str, ...]
    pairs: tuple[str, ...]
    not_observed: tuple[str, ...]


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


@dataclass(frozen=True, eq=False)
class TradeOff:
    """Volume against a stage for every threshold from 1 to the highest score; shapes (thresholds,).

    `share`, `low95` and `high95` are NaN where no figure stands; `not_observed` is the
    share of the leads about which nothing is known.
    """

    thresholds: Whole
    mqls_per_week: Real
    share: Real
    low95: Real
    high95: Real
    not_observed: Real


@dataclass(frozen=True, eq=False)
class Shares:
    """A share and its interval at every threshold; NaN where nobody is known. Shapes (top + 1,)."""

    share: Real
    low95: Real
    high95: Real

    def at(self, threshold: int) -> Interval:
        """At one threshold."""
        return Interval(float(self.share[threshold]), float(self.low95[threshold]), float(self.high95[threshold]))


@dataclass(frozen=True, eq=False)
class OfStage:
    """What is said of one stage at every threshold from 0 to `top`; shapes (top + 1,).

    `method` is MODEL where the fit may be believed; then `said`, and `today` where acceptance moved, are known.
    """

    standing: Standing
    method: Method
    not_observed: Whole
    said: Shares | None
    today: Shares | None


@dataclass(frozen=True, eq=False)
class Worth:
    """What the expected wins are worth at every threshold; shapes (top + 1,)."""

    expected: Real
    low95: Real
    high95: Real


@dataclass(frozen=True, eq=False)
class Consequences:
    """What sales' decisions say about a draft, at every threshold at once; `foreseen.foreseen` makes it.

    `leads` (top + 1,) qualify in the window at each threshold from 0 on, `beyond_agreed` (top + 1,) of them are not
    handed over as agreed. `bands` are all hand-offs by the score that the draft gives them, as seen; `bands_drawn`
    those drawn below the line; `unscored` lie in no band: their lead was created later. `won_amount` is what the wins
    that are learned from were worth, None where no amount is known.
    """

    window: Window
    as_of: int
    bands: tuple[ScoreBand, ...]
    bands_drawn: tuple[ScoreBand, ...]
    unscored: int
    leads: Whole
    beyond_agreed: Whole
    stages: Mapping[Stage, OfStage]
    worth: Worth | None
    won_amount: float | None

    @property
    def top(self) -> int:
        """The highest threshold at which anybody qualifies in the window; 0 when nobody does at any."""
        return len(self.leads) - 1

    def expected(self, threshold: int, stage: Stage = Stage.ACCEPTED) -> Expected:
        """What a threshold of 1 or more brings; a look-up."""
        of = self.stages[stage]
        counts = (of.standing.decided, of.standing.reached)
        if threshold > self.top or not self.leads[threshold]:
            return Expected(threshold, stage, 0, 0, None, Method.NOBODY, None, *counts)
        said = None if of.said is None else of.said.at(threshold)
        if said is not None and not said.margin <= WIDEST:
            said = None
        method = Method.TOO_FEW if of.method is Method.MODEL and said is None else of.method
        # However wide: where acceptance moved, the narrower figure beside it is the one not to be promised.
        today = None if of.today is None or said is None else of.today.at(threshold)
        leads, unknown = int(self.leads[threshold]), int(of.not_observed[threshold])
        return Expected(threshold, stage, leads, unknown, said, method, today, *counts)

    def trade_off(self, stage: Stage = Stage.ACCEPTED) -> TradeOff:
        """What every threshold brings."""
        return self._trade_off(stage, self.stages[stage].said)

    def promised_trade_off(self, stage: Stage = Stage.ACCEPTED) -> TradeOff:
        """The same as sales judges today, where acceptance moved."""
        return self._trade_off(stage, self.stages[stage].today or self.stages[stage].said)

    def _trade_off(self, stage: Stage, drawn: Shares | None) -> TradeOff:
        of = self.stages[stage]
        nothing = np.full(len(self.leads), np.nan)
        said, drawn = (Shares(nothing, nothing, nothing) if one is None else one for one in (of.said, drawn))
        # A figure stands where what is said does, however wide today's is.
        stands = (said.high95 - said.low95) / 2 <= WIDEST
        share, low, high = (np.where(stands, one, np.nan)[1:] for one in (drawn.share, drawn.low95, drawn.high95))
        with np.errstate(invalid="ignore"):
            unknown = of.not_observed[1:] / self.leads[1:]
        return TradeOff(
            np.arange(1, self.top + 1), self.leads[1:] / self.window.length_weeks, share, low, high, unknown
        )

    def amount(self, threshold: int) -> Amount:
        """What the expected wins at a threshold are worth."""
        won = self.expected(threshold, Stage.WON)
        counts = (won.decided, won.reached_by_decided, self.won_amount)
        if self.worth is None or won.said is None:
            return Amount(threshold, None, None, None, *counts)
        expected, low, high = (
            float(of[threshold]) for of in (self.worth.expected, self.worth.low95, self.worth.high95)
        )
        return Amount(threshold, expected, low, high, *counts)

    def standing(self, stage: Stage = Stage.ACCEPTED) -> Standing:
        """How far a stage's figures can be trusted; the same at every threshold."""
        return self.stages[stage].standing

    def beyond(self, threshold: int) -> int:
        """How many of the leads at a threshold are not handed over as agreed."""
        return 0 if threshold > self.top else int(self.beyond_agreed[threshold])
