"""What sales would make of a draft: acceptance by score as seen so far, and volume against acceptance."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lib.charts.language import AGREED, DRAFT, HATCHED_AXIS, TALL, Chart, Mark, chart, count, hatched, percent
from lib.charts.rates import NOT_OBSERVED, PERCENT, by_band, together
from lib.core.consequences.expected import ScoreBand, TradeOff

PARTLY = 0.1
"""Where more than this share of the leads is not observed, the curve speaks for too few of them."""

PARTLY_NOT_OBSERVED = f"more than {percent(PARTLY)} {NOT_OBSERVED}"

BAND_FILL = "rgba(124, 95, 208, 0.18)"
"""The draft's hue, behind its line."""


def acceptance_by_band(bands: Sequence[ScoreBand], draft_threshold: int, agreed_threshold: int) -> Chart:
    """How often sales accepted each band of the draft's scores at hand-over; bands without a decision are hatched."""
    labels = [f"{band.low} to {band.high - 1}" for band in bands]
    rates = [band.accepted for band in bands]
    unseen = [label for label, band in zip(labels, bands, strict=True) if not band.observed]
    finding = f"All together: {together(rates)} of the decided accepted."
    if unseen:
        finding += f" Never decided on: {', '.join(unseen)}."
    marks = []
    if bands:
        place = {
            threshold: (threshold - bands[0].low) / (bands[0].high - bands[0].low) - 0.5
            for threshold in (draft_threshold, agreed_threshold)
        }
        # A threshold beyond every score has no place on the axis.
        marks = [mark for mark, at in _marks(draft_threshold, agreed_threshold, place) if at <= len(bands) - 0.5]
    return by_band(
        "Which scores does sales accept?",
        "score under the draft at hand-over",
        labels,
        rates,
        what="of the decided accepted",
        nothing="Sales has not decided on any lead yet",
        finding=finding,
        marks=marks,
    )


def acceptance_below_the_line(bands: Sequence[ScoreBand]) -> Chart:
    """How often sales accepted leads that were drawn below the line, by their score at hand-over."""
    rates = [band.accepted for band in bands]
    return by_band(
        "How does sales answer leads below the line?",
        "score as agreed at hand-over",
        [f"{band.low} to {band.high - 1}" for band in bands],
        rates,
        what="of the decided accepted",
        nothing="Sales has not decided on any of them yet",
        finding=f"All together: {together(rates)} of the decided accepted.",
    )


def _marks(draft: int, agreed: int, place: dict[int, float]) -> list[tuple[Mark, float]]:
    if draft == agreed:
        return [(Mark("x", place[draft], f"draft and agreed {draft}", DRAFT), place[draft])]
    higher = draft > agreed
    return [
        (Mark("x", place[agreed], f"agreed {agreed}", AGREED, "left" if higher else "right"), place[agreed]),
        (Mark("x", place[draft], f"draft {draft}", DRAFT, "right" if higher else "left"), place[draft]),
    ]


def trade_off(
    draft: TradeOff,
    agreed: TradeOff,
    draft_threshold: int,
    agreed_threshold: int,
    what: str = "accepted",
    *,
    nothing: str,
) -> Chart:
    """MQLs a week against the share expected to be accepted (or `what`), one point a threshold, both definitions'.

    Where more than a tenth of the leads are not observed, a curve is dotted, and for the draft the plot is hatched.
    `nothing` says why where there is no curve.
    """
    title = f"More MQLs, or more of them {what}?"
    if not np.isfinite(draft.share).any():
        return chart(title, [], nothing, height=TALL, nothing=nothing.removesuffix("."))
    known = np.flatnonzero(np.isfinite(draft.share))
    partly = draft.not_observed > PARTLY
    traces: list[dict[str, Any]] = []
    above = 0.0
    if partly.any():
        # From the last volume of which enough is known.
        high = float(draft.mqls_per_week[partly].max())
        above = float(draft.mqls_per_week[~partly & (draft.mqls_per_week < high)].max(initial=0.0))
        traces += hatched([(above + high) / 2], PARTLY_NOT_OBSERVED, high - above)
    over = np.concatenate([known, known[::-1]])
    traces += [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "95 % interval",
            "x": draft.mqls_per_week[over],
            "y": 100 * np.concatenate([draft.high95[known], draft.low95[known[::-1]]]),
            "fill": "toself",
            "fillcolor": BAND_FILL,
            "line": {"width": 0},
            "hoverinfo": "skip",
            "showlegend": False,
        },
        *_curve("agreed", agreed, AGREED, 5, what),
        *_curve("draft", draft, DRAFT, 2, what),
        *_here("agreed", agreed, agreed_threshold, AGREED, "square"),
        *_here("draft", draft, draft_threshold, DRAFT, "circle"),
    ]
    alt = (
        f"The draft {_in_words(draft, draft_threshold, what)}; "
        f"the agreed definition {_in_words(agreed, agreed_threshold, what)}."
    )
    if partly.any():
        alt += f" Above {count(above, 'MQL')} a week, {PARTLY_NOT_OBSERVED}."
    return chart(
        title,
        traces,
        alt,
        height=TALL,
        hovermode="closest",
        xaxis={"title": "MQLs a week (qualified)", "rangemode": "tozero", "tickformat": ",", "fixedrange": True},
        yaxis={**PERCENT, "title": f"expected to be {what}"},
        yaxis9=dict(HATCHED_AXIS),
    )


def _curve(name: str, curve: TradeOff, colour: str, width: int, what: str) -> list[dict[str, Any]]:
    """A definition's curve, dotted where it speaks for too few of the leads."""
    known = np.isfinite(curve.share)
    enough = known & (curve.not_observed <= PARTLY)
    # The first point of which enough is known belongs to both, so that the line has no gap.
    until = int(np.flatnonzero(enough)[0]) + 1 if enough.any() else len(known)
    parts = ((enough, "solid"), (known & (np.arange(len(known)) < until), "dot"))
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "showlegend": dash == "solid",
            "x": curve.mqls_per_week[drawn],
            "y": 100 * curve.share[drawn],
            "line": {"color": colour, "width": width, "dash": dash},
            "customdata": [_said(name, curve, n, what) for n in np.flatnonzero(drawn).tolist()],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        for drawn, dash in parts
        if dash == "solid" or int(drawn.sum()) > 1
    ]


def _said(name: str, curve: TradeOff, n: int, what: str) -> str:
    return (
        f"{name} at {curve.thresholds[n]}: {count(float(curve.mqls_per_week[n]), 'MQL')} a week, "
        f"{percent(float(curve.share[n]))} {what} "
        f"(95 % interval {curve.low95[n] * 100:.0f} to {percent(float(curve.high95[n]))}), "
        f"{percent(float(curve.not_observed[n]))} {NOT_OBSERVED}"
    )


def _here(name: str, curve: TradeOff, threshold: int, colour: str, symbol: str) -> list[dict[str, Any]]:
    """The point of a definition's own threshold, none where nothing is known about it."""
    if not 1 <= threshold <= len(curve.thresholds) or not np.isfinite(curve.share[threshold - 1]):
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [curve.mqls_per_week[threshold - 1]],
            "y": [100 * curve.share[threshold - 1]],
            "marker": {"color": colour, "size": 13, "symbol": symbol, "line": {"color": "white", "width": 1.5}},
            "text": [f"{name} {threshold}"],
            "textposition": "top right" if name == "draft" else "bottom left",
            "showlegend": False,
            "hoverinfo": "skip",
        }
    ]


def _in_words(curve: TradeOff, threshold: int, what: str) -> str:
    if not 1 <= threshold <= len(curve.thresholds):
        return f"at {threshold} brings no MQL"
    volume = f"at {threshold} brings {count(float(curve.mqls_per_week[threshold - 1]), 'MQL')} a week"
    share = float(curve.share[threshold - 1])
    if not np.isfinite(share):
        return f"{volume}, and nobody can say how many of them would be {what}"
    return f"{volume}, {percent(share)} of them {what}"
