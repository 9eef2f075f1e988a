"""What a proposal predicts, and what came of it: volume and acceptance, and what the traffic did to them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import numpy as np

from lib.core.arrays import Instants
from lib.core.consequences.expected import Expected
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.afresh import Afresh
from lib.core.replay.hits import HitIndex
from lib.core.replay.preview import ReplayedSide, Volume, side
from lib.core.replay.replay import last_looks
from lib.core.statistics.rates import Rate, Verdict, compared, rate
from lib.core.statistics.weeks import ahead, share_ahead, trend
from lib.core.time.clock import MICROSECONDS_PER_DAY, MONDAY, instant_text, to_microseconds
from lib.core.time.window import Window

CHECKED_AFTER_WEEKS = (2, 4, 8)
"""When the outcome is set beside the prediction, counted from the version's start."""

WEEK = 7 * MICROSECONDS_PER_DAY

LOOKED_BACK_WEEKS = 26
"""Earlier hand-offs that an outcome is set beside; the length of the default window."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """What is promised of the first so many weeks: their average week, and what sales accepts of those decided by then.

    The bounds hold what comes with 95 %: they are prediction intervals, with the noise of the weeks to come in them.
    None where nothing can be said. `season` is by which factor the same weeks of a year ago stood out, None where they
    did not or nobody knows. `of_stock` leads come besides, in all these weeks: by themselves, or as the start plan
    releases them; None where nobody can say.
    """

    weeks: int
    mqls_per_week: float
    low95: float | None
    high95: float | None
    acceptance_low95: float | None
    acceptance_high95: float | None
    season: float | None = None
    of_stock: float | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a proposal promises, and on which data: all leads and hand-offs up to `as_of` (microseconds).

    `mqls_per_week` is the average week of the window under the proposed
    definition, `agreed_per_week` under the one it is to replace, whose number is `against`. Of the MQLs a week
    `again_per_week` are hand-offs after a return; None in a prediction of before these were counted, which is of leads
    that first qualify alone.
    The acceptance is that of `lib.core.consequences.expected`, as sales judges today where that moved, None where no
    figure stands; it is about `known` leads. `trend_per_week` is by how much each week of the window differed from the
    one before, None where that may be noise. `horizons` are the promises by CHECKED_AFTER_WEEKS. A prediction stored
    before there were any has none of them, and `low95` and `high95` instead, which enclose the average week of the
    past: what was promised then stays as it was promised.
    """

    as_of: int
    window: Window
    mqls_per_week: float
    low95: float | None
    high95: float | None
    agreed_per_week: float
    acceptance: float | None
    acceptance_low95: float | None
    acceptance_high95: float | None
    known: int
    against: int | None = None
    again_per_week: float | None = None
    trend_per_week: float | None = None
    horizons: tuple[Horizon, ...] = ()

    def with_stock(self, of_stock: Mapping[int, float]) -> "Prediction":
        """The same, and how many of the stock come besides in the first so many weeks."""
        horizons = (replace(one, of_stock=of_stock.get(one.weeks)) for one in self.horizons)
        return replace(self, horizons=tuple(horizons))

    def promised(self, weeks: int) -> Horizon:
        """What was promised of the first so many weeks."""
        for horizon in self.horizons:
            if horizon.weeks == weeks:
                return horizon
        return Horizon(
            weeks, self.mqls_per_week, self.low95, self.high95, self.acceptance_low95, self.acceptance_high95
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came in the first weeks after a version's start, looked at when they had just passed.

    `mqls_per_week` is what qualified under the version, `again_per_week` of them after a return, `old_per_week`
    what would have under the one before, `handed_over` what marketing did hand over, and
    `acceptance` what sales made of that by then, of those decided. `before` is the like of it: what sales had
    decided of the hand-offs of the 26 weeks before the start after as long, so many weeks at a time. Where the
    prediction was of leads that first qualify alone, so is what came, and `again_per_week` is None.
    """

    weeks: int
    mqls_per_week: float
    old_per_week: float
    handed_over: int
    acceptance: Rate
    before: Rate
    predicted: Prediction
    again_per_week: float | None = None

    @property
    def volume_inside(self) -> bool | None:
        """Did as many come as promised? None where no interval was."""
        promised = self.predicted.promised(self.weeks)
        return _inside(self.mqls_per_week, promised.low95, promised.high95)

    @property
    def acceptance_inside(self) -> bool | None:
        """Did sales accept as many of those decided as promised? None where no interval was, or too few are decided."""
        promised = self.predicted.promised(self.weeks)
        return _inside(self.acceptance.share, promised.acceptance_low95, promised.acceptance_high95)

    @property
    def against_before(self) -> Verdict:
        """Does sales accept another share of those decided by then than it did before the start, after as long?"""
        (comparison,) = compared([self.acceptance], [self.before], len(CHECKED_AFTER_WEEKS))
        return comparison.verdict

    @property
    def difference(self) -> float:
        """MQLs a week more than predicted; `by_traffic` and `by_definition` sum to it."""
        return self.mqls_per_week - self.predicted.mqls_per_week

    @property
    def by_traffic(self) -> float:
        """MQLs a week more that the old definition would have brought too, by other leads doing other things."""
        return self.old_per_week - self.predicted.agreed_per_week

    @property
    def by_definition(self) -> float:
        """MQLs a week by which the change of definition did more than predicted."""
        return self.difference - self.by_traffic


def predict(
    proposed: Volume,
    replaced: Volume,
    expected: Expected,
    handoffs: Handoffs,
    window: Window,
    *,
    against: int | None,
    year_ago: Sequence[int] | None,
) -> Prediction:
    """What a proposal promises: what it would have brought in a window, beside what the version `against` did.

    The volumes and what is expected are those of the leads and of the hand-offs up to `handoffs.as_of`. The leads'
    fields have the value they have now; all else is as of that instant. The window is to be whole weeks, as the
    default one is: the intervals take each of its weeks for one. `year_ago` are the proposed definition's weeks from a
    year before the window on, up to the longest horizon after it; None where data do not go so far back.
    """
    handoffs = handoffs.mqls()
    found, promised = trend(proposed.mqls_by_week), expected.promised
    return Prediction(
        as_of=handoffs.as_of,
        window=window,
        mqls_per_week=proposed.mqls / window.length_weeks,
        low95=None,
        high95=None,
        agreed_per_week=replaced.mqls / window.length_weeks,
        acceptance=None if promised is None else promised.share,
        acceptance_low95=None if promised is None else promised.low95,
        acceptance_high95=None if promised is None else promised.high95,
        known=expected.known,
        against=against,
        again_per_week=proposed.again / window.length_weeks,
        trend_per_week=found.per_week if found is not None and found.real else None,
        horizons=tuple(
            _horizon(weeks, proposed, expected, handoffs, window, year_ago) for weeks in CHECKED_AFTER_WEEKS
        ),
    )


def _horizon(
    weeks: int,
    proposed: Volume,
    expected: Expected,
    handoffs: Handoffs,
    window: Window,
    year_ago: Sequence[int] | None,
) -> Horizon:
    volume = ahead(proposed.mqls_by_week, weeks, year_ago)
    per_week = proposed.mqls / window.length_weeks if volume is None else volume.expected
    handed_over, seen = _decided_by_then(handoffs, handoffs.as_of, weeks)
    decided = per_week * weeks * seen.trials / handed_over if handed_over else 0.0
    promised = expected.promised
    low, high = (
        share_ahead(None, None, None, decided)
        if promised is None
        else share_ahead(promised.share, promised.low95, promised.high95, decided)
    )
    return Horizon(
        weeks,
        per_week,
        None if volume is None else volume.low95,
        None if volume is None else volume.high95,
        low,
        high,
        None if volume is None else volume.season,
    )


def checks_due(starts_at: int, as_of: int) -> tuple[tuple[int, int], ...]:
    """The numbers of weeks after which the outcome can be looked at by now, each with the instant they end."""
    ends = [(weeks, starts_at + weeks * WEEK) for weeks in CHECKED_AFTER_WEEKS]
    return tuple((weeks, end) for weeks, end in ends if end <= as_of)


def outcome(
    index: HitIndex,
    definition: Definition,
    replaced: Definition,
    predicted: Prediction,
    starts_at: int,
    weeks: int,
    handoffs: Handoffs,
    customer_since: Instants,
    afresh: Afresh,
) -> Outcome:
    """What came of a prediction in the first `weeks` after the version's start (microseconds).

    `handoffs` are those as of the instant the weeks ended, else ValueError: looked
    at again much later, an outcome is still the one that was seen then. `customer_since` (n,) says since when each
    lead is a customer as of that instant, NEVER for who is none, and `afresh` knows who had come back by then.
    """
    end = starts_at + weeks * WEEK
    if handoffs.as_of != end:
        raise ValueError(f"the hand-offs are as of {instant_text(handoffs.as_of)}, not {instant_text(end)}")
    edges = np.array([starts_at, end], dtype=np.int64)
    brought, brought_before = (
        # The end itself is the next week's.
        side(index.hits(one), afresh, one, edges, last_looks(one, customer_since, end - 1))
        for one in (definition, replaced)
    )
    counts_again = predicted.again_per_week is not None
    # Who is drawn below the line is not what the definition brought.
    handoffs = handoffs.mqls()
    new = handoffs.take((handoffs.mql_at >= starts_at) & (handoffs.mql_at < end))
    _, before = _decided_by_then(handoffs, starts_at, weeks)
    return Outcome(
        weeks=weeks,
        mqls_per_week=_mqls(brought, counts_again) / weeks,
        old_per_week=_mqls(brought_before, counts_again) / weeks,
        handed_over=len(new),
        acceptance=rate(int(new.accepted.sum()), int(new.accepted.sum() + new.rejected.sum())),
        before=before,
        predicted=predicted,
        again_per_week=_again(brought) / weeks if counts_again else None,
    )


def prediction_text(prediction: Prediction) -> str:
    """The prediction as JSON, as a proposal keeps it."""
    said = asdict(prediction)
    window = prediction.window
    said |= {
        "as_of": instant_text(prediction.as_of),
        "window": {
            "from": window.start.isoformat(),
            "to": window.end.isoformat(),
            "zone": window.zone,
            "week_starts": window.week_starts,
        },
    }
    return json.dumps(said, sort_keys=True, allow_nan=False)


def read_prediction(text: str) -> Prediction:
    """The prediction a JSON text holds; ValueError or KeyError for a text that `prediction_text` did not write."""
    said = json.loads(text)
    window = said.pop("window")
    return Prediction(
        **{
            **said,
            "horizons": tuple(Horizon(**one) for one in said.get("horizons", ())),
            "as_of": to_microseconds(datetime.fromisoformat(said["as_of"])),
            "window": Window(
                date.fromisoformat(window["from"]),
                date.fromisoformat(window["to"]),
                window["zone"],
                window.get("week_starts", MONDAY),
            ),
        }
    )


def _mqls(side: ReplayedSide, counts_again: bool) -> int:
    first = int(side.replayed.surface.at(side.definition.threshold).sum())
    return first + _again(side) if counts_again else first


def _again(side: ReplayedSide) -> int:
    return int(side.again.surface.at(side.definition.threshold).sum())


def _decided_by_then(handoffs: Handoffs, before: int, weeks: int) -> tuple[int, Rate]:
    """Of the 26 weeks before an instant, so many at a time: how many were handed over, and what of those decided by
    the end of their own weeks sales accepted."""
    length = weeks * WEEK
    block = (before - 1 - handoffs.mql_at) // length
    among = (block >= 0) & (block < LOOKED_BACK_WEEKS // weeks)
    by_then = among & (handoffs.decided_at <= before - block * length)
    accepted = int((by_then & handoffs.accepted).sum())
    return int(among.sum()), rate(accepted, accepted + int((by_then & handoffs.rejected).sum()))


def _inside(value: float | None, low: float | None, high: float | None) -> bool | None:
    return None if value is None or low is None or high is None else low <= value <= high
