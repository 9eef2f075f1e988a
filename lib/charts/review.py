"""The weekly review: what was handed over and what became of it, the goal, the costs, what doesn't close."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lib.charts.language import (
    ACCEPTED,
    AGREED,
    CLOSED,
    HATCHED_AXIS,
    HUES,
    OBSERVED,
    OPEN,
    REJECTED,
    ROW_PX,
    Chart,
    Mark,
    amount,
    chart,
    count,
    day,
    percent,
    period_ms,
    period_name,
    periods_axis,
    safe,
    short,
)
from lib.charts.rates import (
    PERCENT,
    against_all,
    immature,
    immature_in_words,
    on_the_right,
    over_time,
    per_cents,
    rows_height,
    rows_layout,
    said,
    said_with_interval,
    together,
    whiskers_of,
)
from lib.core.funnel.costs import ChannelCost
from lib.core.statistics.rates import Comparison, Rate
from lib.core.time.periods import By

STEP_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")

COST_STEPS = {"mql": "MQL", "sal": "SAL", "sql": "SQL", "won": "win"}

UNKNOWN_CHANNEL = "unknown"


def funnel(labels: Sequence[str], counts: Sequence[int], rates: Sequence[Rate]) -> Chart:
    """How many of one cohort reached each step, and beside it as a share of the step before; shapes (steps,).

    The first rate is not looked at: nothing comes before the first step.
    """
    title = "How far do leads get?"
    if not len(counts) or not counts[0]:
        return chart(title, [], "No lead was created.", height=rows_height(5), nothing="No lead was created")
    steps = range(1, len(labels))
    alt = f"{labels[0]}: {count(counts[0])}. " + " ".join(
        f"{labels[n]}: {said(rates[n])} of the step before." for n in steps
    )
    layout = rows_layout(labels, ["", *(said(rates[n]) for n in steps)], "x2")
    traces: list[dict[str, Any]] = [
        on_the_right("x2"),
        {
            "type": "bar",
            "orientation": "h",
            "x": list(counts),
            "y": list(range(len(labels))),
            "text": [count(number) for number in counts],
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": OBSERVED},
            "customdata": [safe(label) for label in labels],
            "hovertemplate": "%{customdata}: %{x:,}<extra></extra>",
            "showlegend": False,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": per_cents([rates[n].share for n in steps]),
            "y": list(steps),
            "xaxis": "x2",
            "error_x": whiskers_of([rates[n] for n in steps], OBSERVED),
            "marker": {"color": OBSERVED, "size": 10},
            "customdata": [[safe(labels[n]), said_with_interval(rates[n])] for n in steps],
            "hovertemplate": "%{customdata[0]}: %{customdata[1]} of the step before<extra></extra>",
            "showlegend": False,
        },
    ]
    return chart(
        title,
        traces,
        alt,
        # The longest bar's number stands outside it.
        xaxis={
            "domain": [0, 0.5],
            "range": [0, counts[0] * 1.3],
            "title": "leads",
            "nticks": 4,
            "fixedrange": True,
        },
        xaxis2={
            **PERCENT,
            "domain": [0.56, 1],
            "range": [0, 104],
            "title": "of the step before",
            "anchor": "y",
            "showgrid": True,
            "nticks": 4,
            "fixedrange": True,
        },
        **layout,
    )


def trend(
    periods: Sequence[date],
    handed_over: Sequence[int],
    accepted: Sequence[int],
    rejected: Sequence[int],
    still_open: Sequence[int],
    closed: Sequence[int],
    mature: Sequence[bool],
    by: By = By.WEEK,
) -> Chart:
    """What became of each period's hand-overs, immature periods hatched; shapes (periods,).

    Every one handed over is accepted, rejected, still open or closed undecided; of the last nothing is said where there
    is none.
    """
    title = "What was handed over, and what became of it?"
    if not sum(handed_over):
        return chart(title, [], "Nothing was handed over.", nothing="Nothing was handed over")
    became = [("accepted", accepted, ACCEPTED), ("rejected", rejected, REJECTED), ("still open", still_open, OPEN)]
    if any(closed):
        became.append(("closed undecided", closed, CLOSED))
    in_all = ", ".join(f"{count(sum(counts))} {name}" for name, counts, _ in became)
    latest = ", ".join(f"{count(counts[-1])} {name}" for name, counts, _ in became)
    alt = (
        f"{count(sum(handed_over), 'MQL')} in {count(len(periods), by)} from {day(periods[0])}: {in_all}. "
        f"In {period_name(periods[-1], by)}, {count(handed_over[-1])}: {latest}."
        + immature_in_words(periods, mature, by)
    )
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": list(periods),
            "y": list(counts),
            "width": period_ms(by) * 0.8,
            "marker": {"color": colour},
            "customdata": list(handed_over),
            "hovertemplate": f"%{{y:,}} of %{{customdata:,}} {name}<extra></extra>",
        }
        for name, counts, colour in became
    ]
    return chart(
        title,
        [*bars, *immature(periods, mature, by)],
        alt,
        barmode="stack",
        xaxis=periods_axis(by),
        yaxis={"title": "MQLs"},
        yaxis9=dict(HATCHED_AXIS),
    )


def conversion_by_cohort(
    periods: Sequence[date],
    rates: Mapping[int, Sequence[Rate]],
    mature: Mapping[int, Sequence[bool]],
    by: By = By.WEEK,
) -> Chart:
    """The share of each period's MQLs that were SQLs within so many days; by days, shapes (periods,).

    Hollow where a horizon has not passed for all; hatched where not even the shortest has.
    """
    title = "How many MQLs become SQLs, and how soon?"
    if not any(rate.trials for of_horizon in rates.values() for rate in of_horizon):
        return chart(title, [], "Nothing was handed over.", nothing="Nothing was handed over")
    sentences = []
    for days, of_horizon in rates.items():
        ripe = [rate for rate, is_ripe in zip(of_horizon, mature[days], strict=True) if is_ripe]
        old_enough = f"in the {count(len(ripe), f'mature {by}')}"
        sentences.append(
            f"Within {days} days {together(ripe)} {old_enough}." if ripe else f"No {by} is mature for {days} days."
        )
    traces = [
        trace
        for (days, of_horizon), colour, symbol in zip(rates.items(), HUES, STEP_SYMBOLS, strict=False)
        for trace in over_time(f"within {days} days", periods, of_horizon, mature[days], colour, symbol)
        # Counts too few for a rate are so for every horizon: said once is enough.
        if trace["mode"] != "markers" or days == min(rates)
    ]
    return chart(
        title,
        [*sorted(traces, key=lambda trace: trace["mode"] == "markers"), *immature(periods, mature[min(rates)], by)],
        " ".join(sentences),
        xaxis=periods_axis(by),
        yaxis={**PERCENT, "title": "MQLs that are SQLs"},
        yaxis9=dict(HATCHED_AXIS),
    )


def cost(costs: Sequence[ChannelCost]) -> Chart:
    """What one MQL, SAL, SQL and win of each channel costs, side by side, each on its own scale."""
    title = "What does each channel cost us?"
    if not any(one.cost for one in costs):
        return chart(title, [], "No cost is known.", nothing="No cost is known")
    rows = list(range(len(costs)))
    labels = [one.channel or UNKNOWN_CHANNEL for one in costs]
    sentences: list[str] = []
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    for place, (step, name) in enumerate(COST_STEPS.items()):
        # Nothing spent that is known of is not the same as free of charge.
        per = [one.per(step) if one.cost else None for one in costs]
        known = {n: each for n, each in enumerate(per) if each is not None}
        if known:
            dearest, cheapest = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
            sentences.append(
                f"One {name} costs from {amount(known[cheapest])} ({labels[cheapest]}) "
                f"to {amount(known[dearest])} ({labels[dearest]})."
                if len(known) > 1
                else f"One {name} costs {amount(known[dearest])} ({labels[dearest]})."
            )
        else:
            sentences.append(f"No cost of one {name} is known.")
        axis = "" if not place else str(place + 1)
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "x": [each or 0 for each in per],
                "y": rows,
                "xaxis": f"x{axis}",
                "text": [
                    _money(each) if each is not None else f"no {name}" if one.cost else "no cost"
                    for each, one in zip(per, costs, strict=True)
                ],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {"color": OBSERVED},
                "customdata": [
                    [safe(label), f"{one.cost:,.0f}", count(getattr(one, step), name)]
                    for label, one in zip(labels, costs, strict=True)
                ],
                "hovertemplate": "%{customdata[0]}: %{customdata[1]} for %{customdata[2]}<extra></extra>",
                "showlegend": False,
            }
        )
        layout[f"xaxis{axis}"] = {
            "domain": [place * 0.26, place * 0.26 + 0.22],
            "range": [0, max(known.values(), default=1.0) * 1.6 or 1.0],
            "title": f"per {name}",
            "showticklabels": False,
            "anchor": "y",
            "fixedrange": True,
        }
    return chart(
        title,
        traces,
        " ".join(sentences),
        height=ROW_PX * len(costs) + 122,
        hovermode="closest",
        yaxis={
            "tickmode": "array",
            "tickvals": rows,
            "ticktext": [short(label) for label in labels],
            "range": [len(costs) - 0.5, -0.5],
            "rangemode": "normal",
            "tickformat": "",
            "showgrid": False,
        },
        **layout,
    )


def who_does_not_close(labels: Sequence[str], comparisons: Sequence[Comparison], overall: Rate, what: str) -> Chart:
    """Won ÷ SQLs of each of `what` ("sources") against the others, as `lib.core.funnel.differences` lists them."""
    return against_all(
        f"Which {what}' SQLs don't close?",
        labels,
        comparisons,
        overall,
        what="of the SQLs won",
        nothing="No SQL is old enough to have closed",
    )


def goal_pace(
    days: Sequence[date],
    reached: Sequence[int],
    average_days: Sequence[float],
    target: float,
    needed_per_day: float | None,
    metric: str = "MQL",
) -> Chart:
    """How many the month has brought by the end of each day, and the way still to go to its goal.

    `days` are all of the month, `reached` is cumulative up to the last day looked
    at, shape (days,) or shorter; `average_days` (days,) is how many average days the month makes by the end of each,
    as its weekdays bring. None needed per day means that no time is left.
    """
    title = f"Will the month's goal of {count(target, metric)} be met?"
    if not len(reached):
        return chart(title, [], "The month has not begun.", nothing="The month has not begun")
    so_far, today = reached[-1], days[len(reached) - 1]
    alt = f"By {day(today)}, {count(so_far, metric)} of {count(target)}"
    alt += f", {percent(so_far / target)}. " if target else ". "
    if so_far >= target:
        alt += "The goal is reached."
    elif needed_per_day is None:
        alt += f"The month is over; {count(target - so_far)} are missing."
    else:
        alt += f"{amount(needed_per_day)} an average day are needed for the rest of the month."
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "reached",
            "x": list(days[: len(reached)]),
            "y": list(reached),
            "line": {"color": OBSERVED, "width": 3, "shape": "hv"},
            "hovertemplate": f"%{{y:,}} {metric}s by then<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "usual pace",
            "x": list(days),
            "y": [target * by_then / average_days[-1] for by_then in average_days],
            "line": {"color": AGREED, "width": 1.5},
            "hovertemplate": "%{y:,.0f} at the usual pace of the weekdays<extra></extra>",
        },
    ]
    if so_far < target and needed_per_day is not None:
        left, passed = days[len(reached) - 1 :], average_days[len(reached) - 1]
        to_come = (average_days[-1] - passed) or 1.0
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"needed: {amount(needed_per_day)} an average day",
                "x": list(left),
                "y": [
                    so_far + (target - so_far) * (by_then - passed) / to_come
                    for by_then in average_days[len(reached) - 1 :]
                ],
                "line": {"color": OBSERVED, "width": 2, "dash": "dot"},
                "hovertemplate": "%{y:,.0f} needed by then<extra></extra>",
            }
        )
    return chart(
        title,
        traces,
        alt,
        marks=[Mark("y", target, f"goal {count(target)}")],
        xaxis=periods_axis(By.WINDOW) | {"hoverformat": "%-d %B %Y", "range": [days[0], days[-1]]},
    )


def _money(each: float) -> str:
    return f"{each:,.0f}" if each >= 10 else amount(each)
