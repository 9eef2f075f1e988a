"""One lead: its score over time, what it did, and what its score is made of."""

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any

from lib.charts.language import (
    AGREED,
    DATES,
    DRAFT,
    GAINED,
    LOST,
    ROW_PX,
    Chart,
    Mark,
    amount,
    chart,
    count,
    day,
    roomy,
    safe,
    signed,
    wall_clock,
)
from lib.core.numbers import TOLERANCE


def score_over_time(
    instants: Sequence[datetime], totals: Sequence[float | Decimal], threshold: int, qualified_at: datetime | None
) -> Chart:
    """The score from each instant to the next against the threshold; shapes (instants,), ascending.

    The score is the whole part of its total. A step shows at its instant and
    never before it, so instants may be as far apart as the eye allows.
    """
    title = "When did the score reach the threshold?"
    if not len(instants):
        return chart(title, [], "The lead has no score yet.", nothing="The lead has no score yet")
    scores = [math.floor(float(total) + TOLERANCE) for total in totals]
    highest = max(range(len(scores)), key=lambda n: scores[n])
    alt = f"On {day(instants[-1])} the score is {count(scores[-1])}, "
    alt += f"{'at or above' if scores[-1] >= threshold else 'below'} the threshold of {threshold}. "
    alt += f"It was highest on {day(instants[highest])}, at {count(scores[highest])}. "
    marks = [Mark("y", threshold, f"threshold {threshold}")]
    if qualified_at is None:
        alt += "The lead has not qualified."
    else:
        alt += f"The lead qualified on {day(qualified_at)} at {qualified_at:%H:%M}."
        at = wall_clock([qualified_at])[0]
        # Near the right edge a label to the right would be cut off.
        late = qualified_at - instants[0] > (instants[-1] - instants[0]) / 2
        marks.append(Mark("x", at, f"qualified {qualified_at.day} {at:%b}", DRAFT, "left" if late else "right"))
    return chart(
        title,
        [
            {
                "type": "scatter",
                "mode": "lines",
                "name": "score",
                "x": wall_clock(instants),
                "y": scores,
                "line": {"color": DRAFT, "width": 3, "shape": "hv"},
                "hovertemplate": "score %{y:,}<extra></extra>",
                "showlegend": False,
            }
        ],
        alt,
        marks=marks,
        xaxis={**DATES, "hoverformat": "%-d %B %Y, %H:%M"},
        # The threshold's label stands half above its line.
        yaxis={"range": roomy([*scores, threshold], 0.05, 0.08)},
    )


def activity_time_line(
    instants: Sequence[datetime], kinds: Sequence[str], subjects: Sequence[str | None], points: Sequence[float]
) -> Chart:
    """What the lead did and when, one row a kind, marked by whether it gave points; shapes (activities,)."""
    title = "What did the lead do?"
    if not len(instants):
        return chart(title, [], "The lead did nothing that is known.", nothing="The lead did nothing that is known")
    first, last = min(instants), max(instants)
    counted = sum(1 for given in points if given)
    alt = (
        f"{count(len(instants), 'activity', 'activities')} from {day(first)} to {day(last)}; "
        f"{count(counted)} counted for the score. Most often: {_most_frequent(kinds)}."
    )
    looks = (
        ("gave points", 1, GAINED, "triangle-up"),
        ("gave none", 0, AGREED, "circle"),
        ("took points", -1, LOST, "triangle-down"),
    )
    when = wall_clock(instants)
    traces = []
    for name, sign, colour, symbol in looks:
        rows = [n for n, given in enumerate(points) if (given > 0) - (given < 0) == sign]
        if rows:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": name,
                    "x": [when[n] for n in rows],
                    "y": [safe(_words(kinds[n])) for n in rows],
                    "marker": {"color": colour, "symbol": symbol, "size": 11},
                    "customdata": [[safe(subjects[n] or ""), signed(points[n])] for n in rows],
                    "hovertemplate": (
                        "%{x|%-d %B %Y, %H:%M}<br>%{y} %{customdata[0]}<br>%{customdata[1]} points<extra></extra>"
                    ),
                }
            )
    rows_shown = list(dict.fromkeys(safe(_words(kind)) for kind in kinds))
    return chart(
        title,
        traces,
        alt,
        hovermode="closest",
        xaxis={**DATES},
        yaxis={"type": "category", "categoryorder": "array", "categoryarray": rows_shown[::-1], "tickformat": ""},
    )


def explanation(contributions: Sequence[tuple[str, float | Decimal]], total: float | Decimal, threshold: int) -> Chart:
    """A waterfall from the first contribution to the total, deductions included, against the threshold.

    `contributions` are labels and points in the order shown, and sum to `total`.
    """
    title = "What is the score made of?"
    if not contributions:
        return chart(
            title, [], f"Nothing counts: 0 of {threshold} points.", nothing="No criterion applies to this lead"
        )
    amounts = [float(points) for _, points in contributions]
    alt = f"{amount(total)} points against a threshold of {threshold}. "
    most = max(range(len(amounts)), key=lambda n: amounts[n])
    least = min(range(len(amounts)), key=lambda n: amounts[n])
    if amounts[most] > 0:
        alt += f"The most is given by {contributions[most][0]} ({signed(amounts[most])}). "
    if amounts[least] < 0:
        alt += f"The most is taken by {contributions[least][0]} ({signed(amounts[least])})."
    reach = roomy([*accumulate(amounts), threshold], 0.18, 0.18)
    bars: dict[str, Any] = {
        "type": "waterfall",
        "orientation": "h",
        # Two criteria may share a label: rows are numbered, and the labels written beside them.
        "y": list(range(len(amounts) + 1)),
        "x": [*amounts, float(total)],
        "measure": ["relative"] * len(amounts) + ["total"],
        "text": [*(signed(points) for points in amounts), amount(total)],
        "textposition": "outside",
        "cliponaxis": False,
        "increasing": {"marker": {"color": GAINED}},
        "decreasing": {"marker": {"color": LOST}},
        "totals": {"marker": {"color": AGREED}},
        "connector": {"line": {"color": AGREED, "width": 1}},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return chart(
        title,
        [bars],
        alt.strip(),
        # On the side where there is more room for its label.
        marks=[Mark("x", threshold, f"threshold {threshold}", AGREED, "left" if threshold > reach[1] / 2 else "right")],
        height=ROW_PX * (len(amounts) + 1) + 122,
        # Amounts are written beside the bars, the outermost into the margin.
        margin={"l": 8, "r": 48, "t": 76, "b": 8},
        xaxis={
            "range": reach,
            "title": "points",
            "zeroline": True,
            "zerolinecolor": AGREED,
            "fixedrange": True,
        },
        yaxis={
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": list(range(len(amounts) + 1)),
            "ticktext": [*(safe(label) for label, _ in contributions), "Total"],
            "showgrid": False,
            "tickformat": "",
        },
    )


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _most_frequent(kinds: Sequence[str]) -> str:
    names = sorted(set(kinds), key=lambda kind: (-list(kinds).count(kind), kind))[:3]
    return ", ".join(f"{_words(kind)} ({count(list(kinds).count(kind))})" for kind in names)
