"""Rates drawn with their evidence: whiskers, counts, and rows in which real differences stand out from noise."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from lib.charts.language import (
    AGREED,
    GAINED,
    HATCHED_AXIS,
    HEIGHT,
    LOST,
    OBSERVED,
    ROW_PX,
    TALL,
    Chart,
    Mark,
    chart,
    count,
    hatched,
    percent,
    period_ms,
    period_name,
    safe,
    short,
)
from lib.core.statistics.rates import Comparison, Rate, Verdict
from lib.core.time.periods import By

PERCENT = {"ticksuffix": " %"}
"""An axis of shares, drawn as per cents."""

WHOLE = {**PERCENT, "range": [0, 104]}
"""The same from none to all, with room for what is drawn at 100."""

ROWS_PERCENT = {**PERCENT, "showgrid": True, "fixedrange": True, "nticks": 5, "tickangle": 0}
"""The same below named rows, legible where they leave it little room."""

IMMATURE = "immature"
NOT_OBSERVED = "not observed"
TOO_FEW = "too few for a rate"

# Shape and word tell them apart where the colour does not.
VERDICT_LOOKS = {
    Verdict.HIGHER: ("really higher", GAINED, "triangle-up"),
    Verdict.LOWER: ("really lower", LOST, "triangle-down"),
    Verdict.NOISE: ("no more than noise", AGREED, "circle"),
    Verdict.TOO_FEW: ("too few to say", AGREED, "circle-open"),
}


def shares_axis(rates: Sequence[Rate]) -> dict[str, Any]:
    """An axis of shares; the whole of it where there are counts alone, of which Plotly would make a tiny one."""
    return dict(PERCENT) if any(one.share is not None for one in rates) else {**PERCENT, "range": [0, 100]}


def said(rate: Rate) -> str:
    """The rate and its counts, "52 % (61 of 118)"; the counts alone where they are too few."""
    counts = f"{rate.successes:,} of {rate.trials:,}"
    return counts if rate.share is None else f"{percent(rate.share)} ({counts})"


def said_with_interval(rate: Rate) -> str:
    """As `said`, and between which shares the rate lies with 95 % confidence."""
    if rate.low95 is None or rate.high95 is None:
        return f"{said(rate)}, {TOO_FEW}"
    return f"{said(rate)}, 95 % interval {rate.low95 * 100:.0f} to {percent(rate.high95)}"


def together(rates: Sequence[Rate]) -> str:
    """All of them as one, without an interval: "52 % (610 of 1,180)"."""
    successes, trials = sum(rate.successes for rate in rates), sum(rate.trials for rate in rates)
    counts = f"{successes:,} of {trials:,}"
    return f"{percent(successes / trials)} ({counts})" if trials else counts


def per_cents(shares: Sequence[float | None]) -> list[float | None]:
    """As drawn on a PERCENT axis."""
    return [None if share is None else share * 100 for share in shares]


def whiskers(
    shares: Sequence[float | None], low95: Sequence[float | None], high95: Sequence[float | None], colour: str
) -> dict[str, Any]:
    """Thin error bars in per cents; none where a share is unknown."""
    known = [
        (0.0, 0.0) if share is None or low is None or high is None else ((share - low) * 100, (high - share) * 100)
        for share, low, high in zip(shares, low95, high95, strict=True)
    ]
    return {
        "type": "data",
        "symmetric": False,
        "arrayminus": [below for below, _ in known],
        "array": [above for _, above in known],
        "color": colour,
        "thickness": 1.5,
        "width": 3,
    }


def whiskers_of(rates: Sequence[Rate], colour: str) -> dict[str, Any]:
    return whiskers(
        [rate.share for rate in rates], [rate.low95 for rate in rates], [rate.high95 for rate in rates], colour
    )


def over_time(
    name: str,
    periods: Sequence[date],
    rates: Sequence[Rate],
    mature: Sequence[bool],
    colour: str = OBSERVED,
    symbol: str = "circle",
) -> list[dict[str, Any]]:
    """The traces of one rate by period: hollow where immature, a grey cross on the axis where too few for a rate."""
    drawn: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": list(periods),
            "y": per_cents([rate.share for rate in rates]),
            # Without caps: those of neighbouring weeks would touch.
            "error_y": whiskers_of(rates, colour) | {"width": 0},
            "line": {"color": colour, "width": 2},
            "marker": {
                "color": colour,
                "size": 8,
                "symbol": [symbol if ripe else f"{symbol}-open" for ripe in mature],
            },
            "customdata": [
                said_with_interval(rate) + ("" if ripe else f", {IMMATURE}")
                for rate, ripe in zip(rates, mature, strict=True)
            ],
            "hovertemplate": f"%{{customdata}} {name}<extra></extra>",
        }
    ]
    few = [n for n, rate in enumerate(rates) if rate.share is None and rate.trials]
    if few:
        drawn.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": TOO_FEW,
                "x": [periods[n] for n in few],
                "y": [0] * len(few),
                "marker": {"color": AGREED, "size": 7, "symbol": "x-thin", "line": {"color": AGREED, "width": 2}},
                "customdata": [said(rates[n]) for n in few],
                "hovertemplate": f"%{{customdata}} {name}, {TOO_FEW}<extra></extra>",
                "cliponaxis": False,
            }
        )
    return drawn


def immature(periods: Sequence[date], mature: Sequence[bool], by: By) -> list[dict[str, Any]]:
    """The hatching over the periods that are not mature; for a chart with `yaxis9=HATCHED_AXIS`."""
    return hatched(
        [period for period, ripe in zip(periods, mature, strict=True) if not ripe], IMMATURE, float(period_ms(by))
    )


def immature_in_words(periods: Sequence[date], mature: Sequence[bool], by: By) -> str:
    """A sentence on which periods are immature, empty where none is."""
    young = [period for period, ripe in zip(periods, mature, strict=True) if not ripe]
    if not young:
        return ""
    if len(young) == 1:
        name = period_name(young[0], by)
        return f" {name[0].upper()}{name[1:]} is immature."
    return f" {count(len(young), by)} from {period_name(young[0], by)} are immature."


def latest_in_words(periods: Sequence[date], rates: Sequence[Rate], mature: Sequence[bool], by: By) -> str:
    """A sentence on the newest mature period, empty where none is."""
    ripe = [n for n, is_ripe in enumerate(mature) if is_ripe]
    if not ripe:
        return ""
    return f" The latest mature one, {period_name(periods[ripe[-1]], by)}, has {said(rates[ripe[-1]])}."


def rows_height(rows: int) -> int:
    """In pixels, of a chart with so many named rows and a titled axis below them."""
    return ROW_PX * rows + 122 if rows else HEIGHT


def rows_layout(labels: Sequence[str], notes: Sequence[str], last_axis: str = "x") -> dict[str, Any]:
    """Rows from the top, named on the left and with a note on the right of `last_axis`; both number them from 0.

    Two rows may share a label. Needs `on_the_right(last_axis)` among the traces.
    """
    down: dict[str, Any] = {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "range": [len(labels) - 0.5, -0.5],
        "rangemode": "normal",
        "tickformat": "",
        "showgrid": False,
    }
    return {
        "height": rows_height(len(labels)),
        "hovermode": "closest",
        "yaxis": {**down, "ticktext": [short(label) for label in labels]},
        "yaxis2": {
            **down,
            "ticktext": [safe(note) for note in notes],
            "overlaying": "y",
            "side": "right",
            "anchor": last_axis,
        },
    }


def on_the_right(last_axis: str = "x") -> dict[str, Any]:
    """A trace without a point: without one Plotly draws no axis for the notes."""
    return {
        "type": "scatter",
        "x": [None],
        "y": [None],
        "xaxis": last_axis,
        "yaxis": "y2",
        "showlegend": False,
        "hoverinfo": "skip",
    }


def against_all(
    title: str,
    labels: Sequence[str],
    comparisons: Sequence[Comparison],
    overall: Rate,
    *,
    what: str,
    nothing: str,
) -> Chart:
    """One row a group: its rate with whiskers, beside the line of all together; real differences coloured.

    Shapes (groups,). `what` completes a rate in words ("of the decided accepted").
    """
    if not len(labels):
        return chart(title, [], f"{nothing}.", nothing=nothing)
    rates = [comparison.rate for comparison in comparisons]
    real = [n for n, comparison in enumerate(comparisons) if comparison.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    alt = f"All together: {said(overall)} {what}. "
    alt += (
        f"Of {count(len(labels), 'group')}, {count(len(real))} really "
        f"{'differs' if len(real) == 1 else 'differ'} from the rest: "
        + "; ".join(f"{labels[n]} is {comparisons[n].verdict} with {said(rates[n])}" for n in real)
        + "."
        if real
        else f"None of {count(len(labels), 'group')} really differs from the rest."
    )
    traces: list[dict[str, Any]] = [on_the_right()]
    for verdict, (name, colour, symbol) in VERDICT_LOOKS.items():
        # A group without a rate stands in its row as counts alone.
        rows = [n for n, one in enumerate(comparisons) if one.verdict is verdict and one.rate.share is not None]
        if rows:
            found = [rates[n] for n in rows]
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": name,
                    "x": per_cents([rate.share for rate in found]),
                    "y": rows,
                    "error_x": whiskers_of(found, colour),
                    "marker": {"color": colour, "symbol": symbol, "size": 11, "line": {"color": colour, "width": 2}},
                    "customdata": [[safe(labels[n]), said_with_interval(rates[n])] for n in rows],
                    "hovertemplate": f"%{{customdata[0]}}<br>%{{customdata[1]}} {what}<br>{name}<extra></extra>",
                }
            )
    share = overall.share
    marks = [] if share is None else [Mark("x", share * 100, f"all {percent(share)}")]
    return chart(
        title, traces, alt, marks=marks, xaxis={**ROWS_PERCENT, "title": what},
        **rows_layout(labels, [said(rate) for rate in rates]),
    )  # fmt: skip


def by_band(
    title: str,
    axis: str,
    bands: Sequence[str],
    rates: Sequence[Rate],
    *,
    what: str,
    nothing: str,
    finding: str,
    marks: Sequence[Mark] = (),
) -> Chart:
    """Rates along ordered bands under the number each rests on; hatched where nothing was observed; shapes (bands,).

    A mark's place is a band's number from 0, and in between halfway.
    """
    if not sum(rate.trials for rate in rates):
        return chart(title, [], f"{nothing}.", height=TALL, nothing=nothing)
    places = [safe(band) for band in bands]
    unseen = [place for place, rate in zip(places, rates, strict=True) if not rate.trials]
    rated = [(place, rate) for place, rate in zip(places, rates, strict=True) if rate.share is not None]
    few = [(place, rate) for place, rate in zip(places, rates, strict=True) if rate.share is None and rate.trials]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": places,
            "y": [rate.trials for rate in rates],
            "yaxis": "y2",
            "marker": {"color": AGREED},
            "showlegend": False,
            "hovertemplate": "%{y:,} in all<extra></extra>",
        },
        *hatched(unseen, NOT_OBSERVED, 1.0),
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": what,
            "x": [place for place, _ in rated],
            "y": per_cents([rate.share for _, rate in rated]),
            "error_y": whiskers_of([rate for _, rate in rated], OBSERVED),
            "line": {"color": OBSERVED, "width": 1, "dash": "dot"},
            "marker": {"color": OBSERVED, "size": 9},
            "customdata": [said_with_interval(rate) for _, rate in rated],
            "hovertemplate": f"%{{customdata}} {what}<extra></extra>",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "mode": "text",
            "x": [place for place, _ in few],
            "y": [0] * len(few),
            "text": [said(rate) for _, rate in few],
            "textposition": "top center",
            "hovertemplate": f"%{{text}} {what}, {TOO_FEW}<extra></extra>",
            "showlegend": False,
        },
    ]
    return chart(
        title,
        traces,
        finding,
        marks=marks,
        height=TALL,
        xaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": places,
            "title": axis,
            "anchor": "y",
            "range": [-0.5, len(places) - 0.5],
            # On an axis of names Plotly would take a mark's place for one more name.
            "autorangeoptions": {},
        },
        yaxis={**shares_axis(rates), "domain": [0, 0.62], "title": what},
        yaxis2={"domain": [0.7, 1], "anchor": "x", "title": "leads", "nticks": 3},
        yaxis9=dict(HATCHED_AXIS),
    )


def first_to_last(bands: Sequence[str], rates: Sequence[Rate], what: str) -> str:
    """How the rate of the last band compares with that of the first, and whether more than chance could make it."""
    rated = [(band, rate) for band, rate in zip(bands, rates, strict=True) if rate.share is not None]
    if len(rated) < 2:
        return f"Too few were decided to compare bands: {together(rates)} {what}."
    (first, low), (last, high) = rated[0], rated[-1]
    falls = (low.share or 0) > (high.share or 0)
    upper, lower = (low, high) if falls else (high, low)
    apart = (upper.low95 or 0) > (lower.high95 or 0)
    climbing = all((one.share or 0) <= (next_.share or 0) for (_, one), (_, next_) in pairwise(rated))
    steadily = " steadily" if climbing and not falls and len(rated) > 2 else ""
    return (
        f"From {first} to {last} the share {what} {'falls' if falls else 'rises'}{steadily} "
        f"from {said(low)} to {said(high)}; "
        f"their 95 % intervals {'do not overlap' if apart else 'overlap, so that may be noise'}."
    )
