"""The promise: how often it is kept, by week and by owner, and what would be kept if it were another."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from lib.charts.language import (
    AGREED,
    DRAFT,
    GAINED,
    LOST,
    STATES,
    TALL,
    Chart,
    Mark,
    chart,
    count,
    percent,
    period_ms,
    periods_axis,
    safe,
)
from lib.charts.rates import (
    ROWS_PERCENT,
    WHOLE,
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
    by_day_only: Sequence[int],
    target: float | None = None,
) -> Chart:
    """The share of promises kept above the counts it is made of; shapes (weeks,), `target` a share.

    Each attainment is met ÷ (met + breached + overdue); those due, and those of which the days alone do not tell, are
    shown and left out of it.
    """
    title = "Do we keep our promise?"
    met = [rate.successes for rate in attainment]
    counts = {"met": met, "breached": list(breached), "overdue": list(overdue), "due": list(due)}
    if any(by_day_only):
        counts["by day only"] = list(by_day_only)
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


def _side(one: AdjustedBars, overall: float | None) -> str:
    """Where the interval lies, `above` or `below` the overall share; empty where it holds it, or is unknown."""
    if overall is None or one.low95 is None or one.high95 is None:
        return ""
    return "above" if one.low95 > overall else "below" if one.high95 < overall else ""


def _interval(one: AdjustedBars) -> str:
    if one.share is None or one.low95 is None or one.high95 is None:
        return "unknown"
    return f"{percent(one.share)} ({one.low95 * 100:.0f} to {percent(one.high95)})"
