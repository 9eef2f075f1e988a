"""Acceptance: how often sales accepts what marketing hands over, where it differs, and why the rest is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lib.charts.language import (
    ACCEPTED,
    AGREED,
    HATCHED_AXIS,
    HUES,
    REJECTED,
    Chart,
    chart,
    count,
    percent,
    period_ms,
    periods_axis,
    safe,
)
from lib.charts.rates import (
    PERCENT,
    ROWS_PERCENT,
    TOO_FEW,
    against_all,
    by_band,
    first_to_last,
    immature,
    immature_in_words,
    latest_in_words,
    on_the_right,
    over_time,
    per_cents,
    rows_layout,
    said,
    said_with_interval,
    together,
    whiskers_of,
)
from lib.core.statistics.rates import Comparison, Rate, Verdict
from lib.core.time.periods import By

OTHER_REASONS = "other reasons"

APART = 0.13
"""Of a row: two dots stand so far above and below its middle, so that each keeps its whisker."""


def acceptance_by_cohort(
    periods: Sequence[date], rates: Sequence[Rate], mature: Sequence[bool], by: By = By.WEEK
) -> Chart:
    """Accepted ÷ handed over of each period with its 95 % whisker, immature periods hatched; shapes (periods,)."""
    title = "How much does sales accept?"
    if not sum(rate.trials for rate in rates):
        return chart(title, [], "Nothing was handed over.", nothing="Nothing was handed over")
    ripe = [rate for rate, is_ripe in zip(rates, mature, strict=True) if is_ripe]
    alt = f"Sales accepted {together(ripe)} of the MQLs in {count(len(ripe), f'mature {by}')}." if ripe else ""
    alt += latest_in_words(periods, rates, mature, by) + immature_in_words(periods, mature, by)
    return chart(
        title,
        [*over_time("accepted", periods, rates, mature), *immature(periods, mature, by)],
        alt.strip(),
        xaxis=periods_axis(by),
        yaxis=dict(PERCENT),
        yaxis9=dict(HATCHED_AXIS),
    )


def acceptance_by_group(
    labels: Sequence[str], comparisons: Sequence[Comparison], overall: Rate, groups: str = "groups"
) -> Chart:
    """Accepted ÷ decided of each group against all others together, real differences marked; shapes (groups,).

    `groups` names them in the title: "sources", "owners", "title levels".
    """
    return against_all(
        f"Which {groups} does sales accept?",
        labels,
        comparisons,
        overall,
        what="of the decided accepted",
        nothing="Nothing was decided",
    )


def reasons_over_time(periods: Sequence[date], counts: Mapping[str, Sequence[int]], by: By = By.WEEK) -> Chart:
    """Rejected hand-offs of each period by reason, in the order given from the bottom; by label, shapes (periods,).

    More reasons than colours: the most frequent are drawn, and the others as one that lists them.
    """
    title = "Why does sales refuse leads?"
    totals = {reason: sum(of_reason) for reason, of_reason in counts.items()}
    rejected = sum(totals.values())
    if not rejected:
        return chart(title, [], "Nothing was rejected.", nothing="Nothing was rejected")
    ranked = sorted(totals, key=lambda reason: -totals[reason])
    kept = set(ranked if len(ranked) <= len(HUES) else ranked[: len(HUES)])
    others = [reason for reason in ranked if reason not in kept and totals[reason]]
    alt = f"{count(rejected, 'rejected MQL')} in {count(len(periods), by)}. Most often: " + ", ".join(
        f"{reason} ({count(totals[reason])}, {percent(totals[reason] / rejected)})"
        for reason in ranked[:3]
        if totals[reason]
    )
    of_period = [sum(of_reason[n] for of_reason in counts.values()) for n in range(len(periods))]
    shown = [reason for reason in counts if reason in kept]
    traces = [
        _reason(reason, periods, counts[reason], colour, [""] * len(periods), of_period, by)
        for reason, colour in zip(shown, HUES, strict=False)
    ]
    if others:
        listed = [
            "".join(f"<br>   {safe(reason)} {counts[reason][n]:,}" for reason in others if counts[reason][n])
            for n in range(len(periods))
        ]
        together_ = [sum(counts[reason][n] for reason in others) for n in range(len(periods))]
        traces.append(_reason(OTHER_REASONS, periods, together_, AGREED, listed, of_period, by))
    return chart(title, traces, f"{alt}.", barmode="stack", xaxis=periods_axis(by), yaxis={"title": "rejected MQLs"})


def criteria_of_rejected(labels: Sequence[str], comparisons: Sequence[Comparison]) -> Chart:
    """Which criteria rejected leads had points of, and how much more often than accepted ones; shapes (criteria,).

    Each comparison's `rate` is of the rejected, its `other` of the accepted leads
    (`lib.core.funnel.rejections.criteria_in_decisions`).
    """
    title = "Which criteria bring leads that sales rejects?"
    if not any(one.rate.trials for one in comparisons):
        return chart(title, [], "Nothing was rejected.", nothing="Nothing was rejected")
    worse = [n for n, one in enumerate(comparisons) if one.verdict is Verdict.HIGHER]
    better = [n for n, one in enumerate(comparisons) if one.verdict is Verdict.LOWER]
    alt = " ".join(
        f"{labels[n]}: {said(comparisons[n].rate)} of the rejected, {said(comparisons[n].other)} of the accepted leads."
        for n in (*worse, *better)
    )
    if not alt:
        alt = f"None of {count(len(labels), 'criterion', 'criteria')} really parts rejected from accepted leads."
    rows = list(range(len(labels)))
    lines: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        # One trace for all rows, with a gap between them.
        "x": [end for one in comparisons for end in (*per_cents([one.rate.share, one.other.share]), None)],
        "y": [end for n in rows for end in (n - APART, n + APART, None)],
        "line": {"color": AGREED, "width": 1},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    sides = (
        ("of the rejected", [one.rate for one in comparisons], REJECTED, "triangle-down", -APART),
        ("of the accepted", [one.other for one in comparisons], ACCEPTED, "circle", APART),
    )
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": per_cents([rate.share for rate in rates]),
            "y": [n + lower for n in rows],
            "error_x": whiskers_of(rates, colour),
            "marker": {"color": colour, "symbol": symbol, "size": 9},
            "customdata": [[safe(label), said_with_interval(rate)] for label, rate in zip(labels, rates, strict=True)],
            "hovertemplate": f"%{{customdata[0]}}<br>%{{customdata[1]}} {name} leads<extra></extra>",
        }
        for name, rates, colour, symbol, lower in sides
    ]
    return chart(
        title,
        [on_the_right(), lines, *dots],
        alt,
        xaxis={**ROWS_PERCENT, "title": "leads with points of it"},
        **rows_layout(labels, [_how_much_more_often(one) for one in comparisons]),
    )


def calibration(bands: Sequence[str], rates: Sequence[Rate]) -> Chart:
    """Accepted ÷ decided by score at hand-over, the lowest band first; shapes (bands,)."""
    return by_band(
        "Do more points mean more acceptance?",
        "score at hand-over",
        bands,
        rates,
        what="accepted",
        nothing="Nothing was decided",
        finding=first_to_last(bands, rates, "accepted"),
    )


def _reason(
    name: str,
    periods: Sequence[date],
    counts: Sequence[int],
    colour: str,
    listed: Sequence[str],
    of_period: Sequence[int],
    by: By,
) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": safe(name),
        "x": list(periods),
        "y": list(counts),
        "width": period_ms(by) * 0.8,
        "marker": {"color": colour},
        "customdata": [[safe(name), of, rest] for of, rest in zip(of_period, listed, strict=True)],
        "hovertemplate": "%{y:,} of %{customdata[1]:,} %{customdata[0]}%{customdata[2]}<extra></extra>",
    }


def _how_much_more_often(one: Comparison) -> str:
    """What the row says on the right: how many times as often among rejected leads, unless that may be noise."""
    if one.verdict is Verdict.TOO_FEW or one.rate.share is None or one.other.share is None:
        return TOO_FEW
    if one.verdict is Verdict.NOISE:
        return "no more than noise"
    if not one.other.share:
        return "only rejected"
    return f"{one.rate.share / one.other.share:.1f} × as often"
