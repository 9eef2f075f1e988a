"""The trade-offs a suggestion offers: volume against what sales accepted of it later, beside the agreed points."""

from collections.abc import Sequence
from typing import Any

from lib.charts.language import AGREED, DRAFT, TALL, Chart, chart, count, percent
from lib.charts.rates import PERCENT
from lib.core.suggestion.report import point_in_words
from lib.core.suggestion.suggestion import Point

HOLLOW = "white"

FRONT = "suggested"
"""The name of the trace whose points can be chosen; each point's `customdata` begins with its place."""


def front(offered: Sequence[Point], agreed: Sequence[Point], now: Point | None, chosen: int) -> Chart:
    """The offered trade-offs with their intervals, the one `chosen` large, and the agreed points at like volumes.

    Filled dots were better out of time, each for itself, hollow ones were not shown to be; `now` is the agreed
    definition as it stands.
    """
    title = "What could be had instead?"
    if not offered:
        nothing = "Nothing better was found"
        return chart(title, [], f"{nothing}.", height=TALL, nothing=nothing)
    at = offered[chosen]
    alt = (
        f"From {count(offered[0].mqls_per_week, 'MQL')} a week, {_accepted(offered[0])}, to "
        f"{count(offered[-1].mqls_per_week)}, {_accepted(offered[-1])}; chosen: {count(at.mqls_per_week)}, "
        f"{_accepted(at)}, {point_in_words(at)}."
    )
    return chart(
        title,
        [
            _agreed(agreed),
            *([] if now is None else [_now(now)]),
            _offered(offered, chosen),
            *_legend(offered),
        ],
        alt,
        height=TALL,
        hovermode="closest",
        xaxis={"title": "MQLs a week", "rangemode": "tozero", "tickformat": ",", "fixedrange": True},
        yaxis={**PERCENT, "title": "accepted, by later decisions"},
    )


def _agreed(points: Sequence[Point]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "agreed points",
        "x": [point.mqls_per_week for point in points],
        "y": [100 * (point.later.share or 0.0) for point in points],
        "line": {"color": AGREED, "width": 4},
        "customdata": [_said("agreed points", point) for point in points],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _now(point: Point) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "agreed definition",
        "x": [point.mqls_per_week],
        "y": [100 * (point.later.share or 0.0)],
        "marker": {"color": AGREED, "size": 12, "symbol": "square"},
        "customdata": [_said("agreed definition", point)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _legend(points: Sequence[Point]) -> list[dict[str, Any]]:
    """What a hollow dot means, where there is one."""
    if all(point.is_better for point in points):
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "not shown to be better",
            "x": [None],
            "y": [None],
            "marker": {"color": HOLLOW, "size": 9, "line": {"color": DRAFT, "width": 2}},
        }
    ]


def _offered(points: Sequence[Point], chosen: int) -> dict[str, Any]:
    shares = [point.later.share or 0.0 for point in points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": FRONT,
        "x": [point.mqls_per_week for point in points],
        "y": [100 * share for share in shares],
        "line": {"color": DRAFT, "width": 2},
        "marker": {
            "color": [DRAFT if point.is_better else HOLLOW for point in points],
            "size": [16 if n == chosen else 9 for n in range(len(points))],
            "line": {"color": DRAFT, "width": 2},
            "opacity": 1,
        },
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [
                100 * ((point.later.high95 or share) - share) for point, share in zip(points, shares, strict=True)
            ],
            "arrayminus": [
                100 * (share - (point.later.low95 or 0.0)) for point, share in zip(points, shares, strict=True)
            ],
            "color": DRAFT,
            "thickness": 1,
            "width": 3,
        },
        "customdata": [
            [n, f"{_said('suggested', point)}<br>{point_in_words(point)}"] for n, point in enumerate(points)
        ],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _said(name: str, point: Point) -> str:
    volume = f"{count(point.mqls_per_week, 'MQL')} a week"
    return f"{name}, threshold {point.definition.threshold}: {volume}, {_accepted(point)}"


def _accepted(point: Point) -> str:
    later = point.later
    if later.share is None or later.low95 is None or later.high95 is None:
        return f"{later.reached_by_decided:,} of {later.decided:,} decided accepted"
    return f"{percent(later.share)} accepted (95 % interval {later.low95 * 100:.0f} to {percent(later.high95)})"
