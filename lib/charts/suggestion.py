"""The trade-offs a suggestion offers: volume against what sales accepted of it later, beside the agreed points."""

from collections.abc import Sequence
from typing import Any

from lib.charts.language import AGREED, DRAFT, TALL, Chart, chart, count, percent
from lib.charts.rates import PERCENT
from lib.core.suggestion import Point

FRONT = "suggested"
"""The name of the trace whose points can be chosen; each point's `customdata` begins with its place."""


def front(offered: Sequence[Point], agreed: Sequence[Point], chosen: int) -> Chart:
    """The offered trade-offs with their intervals, the one `chosen` large, and the agreed points at like volumes."""
    title = "What could be had instead?"
    if not offered:
        nothing = "Nothing better was found"
        return chart(title, [], f"{nothing}.", height=TALL, nothing=nothing)
    at = offered[chosen]
    alt = (
        f"From {count(offered[0].mqls_per_week, 'MQL')} a week, {_accepted(offered[0])}, to "
        f"{count(offered[-1].mqls_per_week)}, {_accepted(offered[-1])}; chosen: {count(at.mqls_per_week)}, "
        f"{_accepted(at)}."
    )
    return chart(
        title,
        [_agreed(agreed), _offered(offered, chosen)],
        alt,
        height=TALL,
        hovermode="closest",
        xaxis={"title": "MQLs a week", "rangemode": "tozero", "tickformat": ",", "fixedrange": True},
        yaxis={**PERCENT, "title": "expected to be accepted, by the later decisions"},
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


def _offered(points: Sequence[Point], chosen: int) -> dict[str, Any]:
    shares = [point.later.share or 0.0 for point in points]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": FRONT,
        "x": [point.mqls_per_week for point in points],
        "y": [100 * share for share in shares],
        "line": {"color": DRAFT, "width": 2},
        "marker": {"color": DRAFT, "size": [16 if n == chosen else 9 for n in range(len(points))]},
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
        "customdata": [[n, _said("suggested", point)] for n, point in enumerate(points)],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }


def _said(name: str, point: Point) -> str:
    volume = f"{count(point.mqls_per_week, 'MQL')} a week"
    return f"{name}, threshold {point.definition.threshold}: {volume}, {_accepted(point)}"


def _accepted(point: Point) -> str:
    later = point.later
    if later.share is None or later.low95 is None or later.high95 is None:
        return f"{later.observed_reached:,} of {later.observed:,} decided accepted"
    return f"{percent(later.share)} accepted (95 % interval {later.low95 * 100:.0f} to {percent(later.high95)})"
