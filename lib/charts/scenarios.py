"""Several definitions in one picture: how many MQLs each brings, and how many of them sales would accept."""

from collections.abc import Sequence
from typing import Any

from lib.charts.language import AGREED, DRAFT, TALL, Chart, chart, count, percent, short
from lib.charts.rates import PERCENT
from lib.core.consequences.headline import Beside, beside
from lib.core.consequences.scenario import Scenario

SYMBOLS = ("circle", "diamond", "triangle-up", "star")
"""Drafts share the accent colour; their shapes and names tell them apart."""


def side_by_side(scenarios: Sequence[Scenario]) -> Chart:
    """MQLs a week against the share expected to be accepted, with its interval; the agreed definition a grey square."""
    title = "More MQLs, or more of them accepted?"
    known = [one for one in map(beside, scenarios) if one.share is not None]
    if not known:
        nothing = "Sales has decided on too few leads to say"
        return chart(title, [], f"{nothing}.", height=TALL, nothing=nothing)
    drafts = [one.name for one in scenarios if one.name is not None]
    return chart(
        title,
        [
            _point(one, "square" if one.name is None else SYMBOLS[drafts.index(one.name) % len(SYMBOLS)])
            for one in known
        ],
        "; ".join(_said(one) for one in known) + ".",
        height=TALL,
        hovermode="closest",
        xaxis={"title": "MQLs a week", "rangemode": "tozero", "tickformat": ",", "fixedrange": True},
        yaxis={**PERCENT, "title": "expected to be accepted"},
    )


def _point(one: Beside, symbol: str) -> dict[str, Any]:
    share = one.share or 0.0
    colour = AGREED if one.name is None else DRAFT
    return {
        "type": "scatter",
        "mode": "markers",
        "name": short(one.name or "agreed"),
        "x": [one.mqls_per_week],
        "y": [100 * share],
        "marker": {"color": colour, "size": 14, "symbol": symbol},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [100 * ((one.high95 or share) - share)],
            "arrayminus": [100 * (share - (one.low95 or share))],
            "color": colour,
            "thickness": 1.5,
        },
        "customdata": [_said(one)],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _said(one: Beside) -> str:
    low, high = (100 * (end or 0.0) for end in (one.low95, one.high95))
    name = "the agreed definition" if one.name is None else short(one.name)
    volume = f"{count(one.mqls_per_week, 'MQL')} a week"
    return f"{name}: {volume}, {percent(one.share or 0.0)} accepted (95 % interval {low:.0f} to {high:.0f} %)"
