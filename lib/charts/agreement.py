"""What an agreed version predicted, and what came: MQLs a week, and how many of them sales accepted."""

from collections.abc import Sequence
from typing import Any

from lib.charts.language import (
    AGREED,
    DRAFT,
    HATCHED_AXIS,
    OBSERVED,
    Chart,
    Mark,
    chart,
    count,
    hatched,
    percent,
)
from lib.charts.rates import PERCENT, said_with_interval, whiskers
from lib.core.agreement.outcome import Horizon, Outcome, Prediction
from lib.core.statistics.rates import Rate

PREDICTED = "predicted"

NOT_YET = "not seen yet"

TO_COME_WIDTH = 0.8
"""Of the room a column has."""


def volume(predicted: Prediction, outcomes: Sequence[tuple[int, Outcome | None]]) -> Chart:
    """MQLs a week as promised for so many weeks and as they came, each beside what the old definition brings."""
    came = [(weeks, one) for weeks, one in outcomes if one is not None]
    promised = [predicted.promised(weeks) for weeks, _ in outcomes]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "by the definition before",
            "x": [_after(weeks) for weeks, _ in came],
            "y": [one.old_per_week for _, one in came],
            "marker": {"color": AGREED, "size": 9, "symbol": "diamond-open"},
            "hovertemplate": "%{y:,.1f} MQLs a week by the definition before<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": PREDICTED,
            "x": [_after(one.weeks) for one in promised],
            "y": [one.mqls_per_week for one in promised],
            "marker": {"color": DRAFT, "size": 11},
            "error_y": _whisker(promised),
            "hovertemplate": "%{y:,.1f} MQLs a week predicted<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "came",
            "x": [_after(weeks) for weeks, _ in came],
            "y": [one.mqls_per_week for _, one in came],
            "marker": {"color": OBSERVED, "size": 11},
            "customdata": [f"{one.handed_over:,} handed over" for _, one in came],
            "hovertemplate": "%{y:,.1f} MQLs a week came, %{customdata}<extra></extra>",
        },
        *hatched([_after(weeks) for weeks, one in outcomes if one is None], NOT_YET, TO_COME_WIDTH),
    ]
    without = f"{_rate(predicted.agreed_per_week)} without the change"
    seen = [
        f"After {weeks} weeks {_rate(one.mqls_per_week)} came{_where(one.volume_inside)}." for weeks, one in came
    ] or ["Nothing came yet."]
    alt = " ".join([f"Predicted: {_rate(predicted.mqls_per_week)} MQLs a week, {without}.", *seen])
    return chart(
        "Did the volume come?",
        traces,
        alt,
        marks=[Mark("y", predicted.mqls_per_week, PREDICTED, DRAFT)],
        xaxis=_columns(outcomes),
        yaxis9=dict(HATCHED_AXIS),
    )


def acceptance(predicted: Prediction, outcomes: Sequence[tuple[int, Outcome | None]]) -> Chart:
    """The share sales accepts as predicted, and of what was decided after so many weeks, with 95 % whiskers."""
    title = "Did sales accept it?"
    if predicted.acceptance is None:
        nothing = "Too little was decided to predict a share"
        return chart(title, [], f"{nothing}.", nothing=nothing)
    came = [(weeks, one.acceptance) for weeks, one in outcomes if one is not None]
    before = [(weeks, one.before) for weeks, one in outcomes if one is not None]
    promised = [predicted.promised(weeks) for weeks, _ in outcomes]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": PREDICTED,
            "x": [_after(one.weeks) for one in promised],
            "y": [predicted.acceptance * 100] * len(promised),
            "marker": {"color": DRAFT, "size": 11},
            "error_y": whiskers(
                [predicted.acceptance] * len(promised),
                [one.acceptance_low95 for one in promised],
                [one.acceptance_high95 for one in promised],
                DRAFT,
            ),
            "hovertemplate": "%{y:.0f} % predicted<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "the weeks before, after as long",
            "x": [_after(weeks) for weeks, rate in before if rate.share is not None],
            "y": [rate.share * 100 for _, rate in before if rate.share is not None],
            "marker": {"color": AGREED, "size": 9, "symbol": "diamond-open"},
            "customdata": [said_with_interval(rate) for _, rate in before if rate.share is not None],
            "hovertemplate": "%{customdata} accepted of what was decided after as long<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "accepted of those decided",
            "x": [_after(weeks) for weeks, _ in came],
            # Fewer than ten decided: the counts alone, below the axis' end.
            "y": [0 if rate.share is None else rate.share * 100 for _, rate in came],
            "marker": {
                "color": OBSERVED,
                "size": 11,
                "symbol": ["x-thin-open" if rate.share is None else "circle" for _, rate in came],
            },
            "error_y": _whiskers([rate for _, rate in came]),
            "customdata": [said_with_interval(rate) for _, rate in came],
            "hovertemplate": "%{customdata} accepted<extra></extra>",
        },
        *hatched([_after(weeks) for weeks, one in outcomes if one is None], NOT_YET, TO_COME_WIDTH),
    ]
    alt = f"Predicted: sales accepts {percent(predicted.acceptance)}. "
    alt += (
        " ".join(
            f"After {weeks} weeks: {said_with_interval(one.acceptance)}{_where(one.acceptance_inside)}; of the weeks "
            f"before, after as long: {said_with_interval(one.before)}."
            for weeks, one in outcomes
            if one is not None
        )
        or "Nothing came yet."
    )
    return chart(
        title,
        traces,
        alt,
        marks=[Mark("y", predicted.acceptance * 100, PREDICTED, DRAFT)],
        xaxis=_columns(outcomes),
        yaxis=dict(PERCENT),
        yaxis9=dict(HATCHED_AXIS),
    )


def _columns(outcomes: Sequence[tuple[int, Outcome | None]]) -> dict[str, Any]:
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [_after(weeks) for weeks, _ in outcomes],
        "range": [-0.5, len(outcomes) - 0.5],
        "fixedrange": True,
    }


def _after(weeks: int) -> str:
    return count(weeks, "week")


def _rate(number: float) -> str:
    return f"{number:,.1f}"


def _where(inside: bool | None) -> str:
    return "" if inside is None else ", inside of what was promised" if inside else ", outside of what was promised"


def _whisker(promised: Sequence[Horizon]) -> dict[str, Any]:
    bounds = [
        (one.mqls_per_week, one.low95 or 0.0, one.high95) if one.high95 is not None else (one.mqls_per_week,) * 3
        for one in promised
    ]
    return {
        "type": "data",
        "symmetric": False,
        "arrayminus": [value - low for value, low, _ in bounds],
        "array": [high - value for value, _, high in bounds],
        "color": DRAFT,
        "thickness": 1.5,
        "width": 3,
    }


def _whiskers(rates: Sequence[Rate]) -> dict[str, Any]:
    return whiskers(
        [rate.share for rate in rates], [rate.low95 for rate in rates], [rate.high95 for rate in rates], OBSERVED
    )
