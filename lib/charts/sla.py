"""The promise: how often it is kept, how long answers take, who is still waiting, and what answering soon brings."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lib.charts.language import (
    AGREED,
    DRAFT,
    GAINED,
    HUES,
    LOST,
    OBSERVED,
    STATES,
    TALL,
    Chart,
    Mark,
    chart,
    count,
    duration,
    percent,
    period_ms,
    periods_axis,
    safe,
)
from lib.charts.rates import (
    PERCENT,
    ROWS_PERCENT,
    by_band,
    first_to_last,
    on_the_right,
    over_time,
    per_cents,
    rows_layout,
    said,
    said_with_interval,
    together,
    whiskers,
)
from lib.core.statistics.rates import Rate
from lib.core.time.periods import By

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

WHOLE = {**PERCENT, "range": [0, 104]}


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


class AdjustedBars(Protocol):
    """A share after accounting for what an owner can't help; None where too little is known."""

    @property
    def share(self) -> float | None: ...
    @property
    def low95(self) -> float | None: ...
    @property
    def high95(self) -> float | None: ...


def attainment_by_week(
    weeks: Sequence[date],
    attainment: Sequence[Rate],
    breached: Sequence[int],
    overdue: Sequence[int],
    due: Sequence[int],
    target: float | None = None,
) -> Chart:
    """The share of promises kept above the counts it is made of; shapes (weeks,), `target` a share.

    Each attainment is met ÷ (met + breached + overdue); those due are shown and left out of it.
    """
    title = "Do we keep our promise?"
    met = [rate.successes for rate in attainment]
    counts = {"met": met, "breached": list(breached), "overdue": list(overdue), "due": list(due)}
    if not sum(map(sum, counts.values())):
        return chart(title, [], "Nothing was promised.", height=TALL, nothing="Nothing was promised")
    alt = (
        f"{together(attainment)} kept in {count(len(weeks), 'week')}: "
        + ", ".join(f"{count(sum(numbers))} {state}" for state, numbers in counts.items())
        + f". In the week of {weeks[-1].day} {weeks[-1]:%B %Y}, {said(attainment[-1])} kept."
    )
    marks = []
    if target is not None:
        marks = [Mark("y", target * 100, f"goal {percent(target)}")]
        reached = sum(1 for rate in attainment if rate.share is not None and rate.share >= target)
        alt += f" The goal of {percent(target)} is reached in {reached} of {count(len(weeks), 'week')}."
    bars = [
        {
            "type": "bar",
            "name": state,
            "x": list(weeks),
            "y": numbers,
            "yaxis": "y2",
            "width": period_ms(By.WEEK) * 0.8,
            "marker": {"color": STATES[state].colour},
            "hovertemplate": f"%{{y:,}} {state}<extra></extra>",
        }
        for state, numbers in counts.items()
    ]
    line = over_time("kept", weeks, attainment, [True] * len(weeks), AGREED)
    return chart(
        title,
        [*(trace | {"showlegend": False} for trace in line), *bars],
        alt,
        marks=marks,
        height=TALL,
        barmode="stack",
        xaxis=periods_axis(By.WEEK) | {"anchor": "y2"},
        yaxis={**WHOLE, "domain": [0.5, 1], "title": "kept", "nticks": 3},
        yaxis2={"domain": [0, 0.4], "anchor": "x", "title": "MQLs", "nticks": 4},
    )


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
            "title": "working hours since the rep's clock started",
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


def owners(
    labels: Sequence[str], raw: Sequence[Rate], adjusted: Sequence[AdjustedBars], overall: float | None = None
) -> Chart:
    """Promises kept by each owner as counted, and after accounting for arrival hour and load; shapes (owners,).

    An adjusted share whose interval leaves out `overall` is coloured: better or worse than that.
    """
    title = "Who keeps the promise, fairly counted?"
    if not len(labels):
        return chart(title, [], "Nobody was handed anything.", nothing="Nobody was handed anything")
    sides = [_side(one, overall) for one in adjusted]
    told = [
        f"{labels[n]}: {percent(adjusted[n].share or 0)} adjusted, {said(raw[n])} as counted, {side} all together."
        for n, side in enumerate(sides)
        if side in ("above", "below")
    ]
    alt = (
        " ".join(told) or f"None of {count(len(labels), 'owner')} differs from all together once that is accounted for."
    )
    rows = list(range(len(labels)))
    traces: list[dict[str, Any]] = [
        on_the_right(),
        {
            "type": "scatter",
            "mode": "markers",
            "name": "as counted",
            "x": per_cents([rate.share for rate in raw]),
            "y": rows,
            "marker": {"color": AGREED, "symbol": "circle-open", "size": 9, "line": {"width": 2}},
            "customdata": [[safe(label), said_with_interval(rate)] for label, rate in zip(labels, raw, strict=True)],
            "hovertemplate": "%{customdata[0]}<br>%{customdata[1]} kept, as counted<extra></extra>",
        },
    ]
    looks = {
        "above": ("adjusted, really more", GAINED, "triangle-up"),
        "below": ("adjusted, really less", LOST, "triangle-down"),
        "": ("adjusted", AGREED, "circle"),
    }
    for side, (name, colour, symbol) in looks.items():
        of_side = [n for n in rows if sides[n] == side]
        if not of_side:
            continue
        ours = [adjusted[n] for n in of_side]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": per_cents([one.share for one in ours]),
                "y": of_side,
                "error_x": whiskers(
                    [one.share for one in ours], [one.low95 for one in ours], [one.high95 for one in ours], colour
                ),
                "marker": {"color": colour, "symbol": symbol, "size": 11},
                "customdata": [[safe(labels[n]), _interval(adjusted[n])] for n in of_side],
                "hovertemplate": "%{customdata[0]}<br>%{customdata[1]} kept, adjusted<extra></extra>",
            }
        )
    return chart(
        title,
        traces,
        alt,
        marks=[] if overall is None else [Mark("x", overall * 100, f"all {percent(overall)}")],
        xaxis={**ROWS_PERCENT, "title": "of the promises kept"},
        **rows_layout(labels, [said(rate) for rate in raw]),
    )


def before_and_after(
    weeks: Sequence[date], now: Sequence[Rate], what_if: Sequence[Rate], target: float | None = None
) -> Chart:
    """The promises kept as they are, and as they would have been under the what-if; shapes (weeks,), `target` a share.

    The same hand-offs on both sides, so the intervals stand in the hover alone: they say nothing about the difference.
    """
    title = "What would we have kept?"
    if not sum(rate.trials for rate in (*now, *what_if)):
        return chart(title, [], "Nothing was promised.", nothing="Nothing was promised")
    alt = f"Now {together(now)} kept in {count(len(weeks), 'week')}; under the what-if {together(what_if)}."
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": list(weeks),
            "y": per_cents([rate.share for rate in rates]),
            "line": {"color": colour, "width": width},
            "marker": {"color": colour, "size": 5},
            "customdata": [said_with_interval(rate) for rate in rates],
            "hovertemplate": f"%{{customdata}} {name}<extra></extra>",
        }
        for name, rates, colour, width in (("now", now, AGREED, 5), ("what-if", what_if, DRAFT, 2))
    ]
    return chart(
        title,
        traces,
        alt,
        marks=[] if target is None else [Mark("y", target * 100, f"goal {percent(target)}")],
        xaxis=periods_axis(By.WEEK),
        yaxis={**WHOLE, "title": "kept"},
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


def _side(one: AdjustedBars, overall: float | None) -> str:
    """Where the interval lies, `above` or `below` the overall share; empty where it holds it, or is unknown."""
    if overall is None or one.low95 is None or one.high95 is None:
        return ""
    return "above" if one.low95 > overall else "below" if one.high95 < overall else ""


def _interval(one: AdjustedBars) -> str:
    if one.share is None or one.low95 is None or one.high95 is None:
        return "unknown"
    return f"{percent(one.share)} ({one.low95 * 100:.0f} to {percent(one.high95)})"
