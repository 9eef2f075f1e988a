"""Response times: how long answers take, who is still waiting, and what answering soon brings."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lib.charts.language import (
    HUES,
    OBSERVED,
    STATES,
    Chart,
    Mark,
    chart,
    count,
    duration,
    percent,
    safe,
)
from lib.charts.rates import (
    WHOLE,
    by_band,
    first_to_last,
)
from lib.core.statistics.rates import Rate

Hours = Sequence[float] | npt.NDArray[np.float64]
"""Working hours."""

BINS_TO_THE_PROMISE = 8

BINS = 24
"""Of response times: those longer than three times the promise stand together in the last one."""

CURVE_POINTS = 300
"""More than the eye can tell apart: a curve with a step for every hand-off would be megabytes."""

TAIL = 0.05
"""A curve is drawn until so few are undecided: the last forgotten one would else stretch the axis to months."""

REFERENCE_LETTERS = 44
"""Of a line: what a narrow screen shows."""


class DrawnCurve(Protocol):
    """A survival curve: from each of `hours` to the next, `share` is still undecided; shapes (steps,), ascending."""

    @property
    def hours(self) -> Hours: ...
    @property
    def share(self) -> Hours: ...
    @property
    def low95(self) -> Hours: ...
    @property
    def high95(self) -> Hours: ...


def response_times(hours: Hours, promise_hours: float | None = None) -> Chart:
    """How long answers took, in working hours, with the promise marked; shape (answers,).

    A bar holds those over its lower end up to and with its upper one, so that an answer exactly in time is in time.
    """
    title = "How long do answers take?"
    took = np.asarray(hours, dtype=np.float64)
    if not len(took):
        return chart(title, [], "Nothing was answered.", nothing="Nothing was answered")
    alt = f"Of {count(len(took), 'answer')}, half took {duration(float(np.median(took)))} working or less"
    alt += f", nine in ten {duration(float(np.quantile(took, 0.9)))} or less."
    longest = float(np.quantile(took, 0.98)) or 1.0
    width = promise_hours / BINS_TO_THE_PROMISE if promise_hours else longest / BINS
    place = np.clip(np.ceil(took / width - 1e-9).astype(np.int64) - 1, 0, BINS - 1)
    answers = np.bincount(place, minlength=BINS)
    in_time = np.ones(BINS, dtype=np.bool_)
    marks = []
    if promise_hours:
        in_time = np.arange(BINS) < BINS_TO_THE_PROMISE
        kept = int(answers[in_time].sum())
        alt += f" {percent(kept / len(took))} ({count(kept)} of {count(len(took))}) within the promised "
        alt += f"{duration(promise_hours)}."
        marks = [Mark("x", promise_hours, f"promise {duration(promise_hours)}")]
    names = [f"over {duration(n * width)} to {duration((n + 1) * width)}" for n in range(BINS)]
    names[0] = f"up to {duration(width)}"
    names[-1] = f"over {duration((BINS - 1) * width)}"
    kinds = (
        (("in time", in_time, STATES["met"].colour), ("late", ~in_time, STATES["breached"].colour))
        if promise_hours
        else (("answers", in_time, OBSERVED),)
    )
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": (np.flatnonzero(bins) + 0.5) * width,
            "y": answers[bins],
            "width": width * 0.92,
            "marker": {"color": colour},
            "customdata": [names[n] for n in np.flatnonzero(bins)],
            "hovertemplate": "%{y:,} took %{customdata}<extra></extra>",
            "showlegend": bool(promise_hours),
        }
        for name, bins, colour in kinds
    ]
    return chart(
        title,
        traces,
        alt,
        marks=marks,
        hovermode="closest",
        xaxis={"title": f"working hours; the last bar is all over {duration((BINS - 1) * width)}"},
        yaxis={"title": "answers"},
    )


def still_undecided(curves: Mapping[str, DrawnCurve], promise_hours: float | None = None) -> Chart:
    """The share of hand-offs still undecided after so much working time, by team, with 95 % bands.

    Open hand-offs count as long as they have waited (Kaplan–Meier).
    """
    title = "How many still wait, after how long?"
    drawn = {team: curve for team, curve in curves.items() if len(curve.hours)}
    if not drawn:
        return chart(title, [], "Nothing was handed over.", nothing="Nothing was handed over")
    sentences, traces, ends = [], [], [promise_hours or 0.0]
    for n, (team, curve) in enumerate(drawn.items()):
        hours, share = np.asarray(curve.hours, dtype=np.float64), np.asarray(curve.share, dtype=np.float64)
        half, tail = np.flatnonzero(share <= 0.5), np.flatnonzero(share <= TAIL)
        ends.append(float(hours[tail[0]] if len(tail) else hours[-1]))
        sentences.append(
            f"{team}: half are decided after {duration(float(hours[half[0]]))} working."
            if len(half)
            else f"{team}: less than half are decided, {percent(float(share[-1]))} remain after "
            f"{duration(float(hours[-1]))} working."
        )
        colour = HUES[n % len(HUES)]
        rows = _spread(hours, ends[-1])
        at = np.concatenate([[0.0], hours[rows]])
        low, mid, high = (
            np.concatenate([[100.0], np.asarray(of, dtype=np.float64)[rows] * 100])
            for of in (curve.low95, curve.share, curve.high95)
        )
        edge = {
            "type": "scatter",
            "mode": "lines",
            "x": at,
            "line": {"width": 0, "shape": "hv", "color": colour},
            "legendgroup": str(n),
            "showlegend": False,
            "hoverinfo": "skip",
        }
        traces += [
            {**edge, "y": low},
            {**edge, "y": high, "fill": "tonexty", "fillcolor": _faint(colour)},
            {
                **edge,
                "y": mid,
                "line": {"width": 2, "shape": "hv", "color": colour, "dash": "solid" if n < len(HUES) else "dash"},
                "name": safe(team),
                "showlegend": True,
                "hoverinfo": None,
                "customdata": [
                    [safe(team), f"{percent(m / 100)} ({low_:.0f} to {percent(high_ / 100)})"]
                    for m, low_, high_ in zip(mid.tolist(), low.tolist(), high.tolist(), strict=True)
                ],
                "hovertemplate": "%{customdata[1]} undecided, %{customdata[0]}<extra></extra>",
            },
        ]
    marks = [Mark("x", promise_hours, f"promise {duration(promise_hours)}")] if promise_hours else []
    return chart(
        title,
        traces,
        " ".join(sentences),
        marks=marks,
        xaxis={
            "title": "working hours since it was first assigned",
            "hoverformat": ".1f",
            "range": [0, 1.05 * max(ends)],
        },
        yaxis={**WHOLE, "title": "still undecided"},
    )


def conversion_by_response(
    bands: Sequence[str], rates: Sequence[Rate], reference: str = "", outcome: str = "accepted"
) -> Chart:
    """What became of leads by how soon they were touched, the soonest first; shapes (bands,).

    `reference` is a published finding to set beside our own.
    """
    lines = ["time to the first touch", *textwrap.wrap(reference, REFERENCE_LETTERS)]
    finding = first_to_last(bands, rates, outcome)
    return by_band(
        "Does answering sooner bring more?",
        "<br>".join(safe(line) for line in lines),
        bands,
        rates,
        what=outcome,
        nothing="Nothing was handed over",
        finding=f"{finding} {reference}".strip(),
    )


def _spread(hours: npt.NDArray[np.float64], end: float) -> npt.NDArray[np.int64]:
    """The steps drawn: all, or the last before each of so many places up to `end` as the eye can tell apart."""
    if len(hours) <= CURVE_POINTS:
        return np.arange(len(hours))
    places = np.append(np.linspace(float(hours[0]), end, CURVE_POINTS - 1), float(hours[-1]))
    return np.unique(np.searchsorted(hours, places, side="right") - 1)


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.16)"
