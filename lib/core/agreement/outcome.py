"""What a proposal predicts, and what came of it: volume and acceptance, and what the traffic did to them."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
from scipy import stats

from lib.core.arrays import Instants
from lib.core.consequences.expected import Expected
from lib.core.definition.criteria import Definition
from lib.core.handoffs.handoffs import Handoffs
from lib.core.replay.afresh import Afresh
from lib.core.replay.hits import HitIndex
from lib.core.replay.preview import ReplayedSide, Volume, side
from lib.core.replay.replay import last_looks
from lib.core.statistics.rates import Rate, rates
from lib.core.time.clock import MICROSECONDS_PER_DAY, instant_text, to_microseconds
from lib.core.time.window import Window

CHECKED_AFTER_WEEKS = (2, 4, 8)
"""When the outcome is set beside the prediction, counted from the version's start."""

WEEK = 7 * MICROSECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a proposal promises, and on which data: all leads and hand-offs up to `as_of` (microseconds).

    `mqls_per_week` is the average week of the window under the proposed
    definition, `agreed_per_week` under the one it is to replace, whose number is `against`. `low95` and `high95`
    enclose the average week (Student's t over the weeks), None with fewer than 2.
    The acceptance is that of `lib.core.consequences.expected`, None where the counts stand
    alone; `known` leads stand behind it. Of the MQLs a week `again_per_week` are hand-offs after a return; None in
    a prediction of before these were counted, which is of leads that first qualify alone.
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came in the first weeks after a version's start, looked at when they had just passed.

    `mqls_per_week` is what qualified under the version, `again_per_week` of them after a return, `old_per_week`
    what would have under the one before, `handed_over` what marketing did hand over, and
    `acceptance` what sales made of that by then, of those decided. Where the prediction was of leads that first
    qualify alone, so is what came, and `again_per_week` is None.
    """

    weeks: int
    mqls_per_week: float
    old_per_week: float
    handed_over: int
    acceptance: Rate
    predicted: Prediction
    again_per_week: float | None = None

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
    proposed: Volume, replaced: Volume, expected: Expected, window: Window, as_of: int, against: int | None = None
) -> Prediction:
    """What a proposal promises: what it would have brought in a window, beside what the version `against` did.

    The volumes and what is expected are those of the same leads and decisions up to `as_of` (microseconds). The leads'
    fields have the value they have now; all else is as of that instant. The window is to be whole weeks, as the
    default one is: the interval takes each of its weeks for one.
    """
    low, high = _average_week(np.array(proposed.mqls_by_week, dtype=np.float64))
    return Prediction(
        as_of=as_of,
        window=window,
        mqls_per_week=proposed.mqls / window.length_weeks,
        low95=low,
        high95=high,
        agreed_per_week=replaced.mqls / window.length_weeks,
        acceptance=expected.share,
        acceptance_low95=expected.low95,
        acceptance_high95=expected.high95,
        known=expected.known,
        against=against,
        again_per_week=proposed.again / window.length_weeks,
    )


def checks_due(starts_at: int, as_of: int) -> tuple[tuple[int, int], ...]:
    """The numbers of weeks after which the outcome can be looked at by now, each with the instant they end."""
    ends = [(weeks, starts_at + weeks * WEEK) for weeks in CHECKED_AFTER_WEEKS]
    return tuple((weeks, end) for weeks, end in ends if end <= as_of)


def outcome(
    index: HitIndex,
    definition: Definition,
    before: Definition,
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
        for one in (definition, before)
    )
    counts_again = predicted.again_per_week is not None
    # Who is drawn below the line is not what the definition brought.
    handoffs = handoffs.mqls()
    new = handoffs.take((handoffs.mql_at >= starts_at) & (handoffs.mql_at < end))
    accepted, rejected = int(new.accepted.sum()), int(new.rejected.sum())
    return Outcome(
        weeks=weeks,
        mqls_per_week=_mqls(brought, counts_again) / weeks,
        old_per_week=_mqls(brought_before, counts_again) / weeks,
        handed_over=len(new),
        acceptance=rates([accepted], [accepted + rejected])[0],
        predicted=predicted,
        again_per_week=_again(brought) / weeks if counts_again else None,
    )


def prediction_text(prediction: Prediction) -> str:
    """The prediction as JSON, as a proposal keeps it."""
    said = asdict(prediction)
    window = prediction.window
    said |= {
        "as_of": instant_text(prediction.as_of),
        "window": {"from": window.start.isoformat(), "to": window.end.isoformat(), "zone": window.zone},
    }
    return json.dumps(said, sort_keys=True, allow_nan=False)


def read_prediction(text: str) -> Prediction:
    """The prediction a JSON text holds; ValueError or KeyError for a text that `prediction_text` did not write."""
    said = json.loads(text)
    window = said.pop("window")
    return Prediction(
        **{
            **said,
            "as_of": to_microseconds(datetime.fromisoformat(said["as_of"])),
            "window": Window(date.fromisoformat(window["from"]), date.fromisoformat(window["to"]), window["zone"]),
        }
    )


def _mqls(side: ReplayedSide, counts_again: bool) -> int:
    first = int(side.replayed.surface.at(side.definition.threshold).sum())
    return first + _again(side) if counts_again else first


def _again(side: ReplayedSide) -> int:
    return int(side.again.surface.at(side.definition.threshold).sum())


def _average_week(by_week: npt.NDArray[np.float64]) -> tuple[float | None, float | None]:
    """The 95 % interval of the average week."""
    if len(by_week) < 2:
        return None, None
    margin = stats.t.ppf(0.975, len(by_week) - 1) * by_week.std(ddof=1) / np.sqrt(len(by_week))
    return float(max(by_week.mean() - margin, 0.0)), float(by_week.mean() + margin)
