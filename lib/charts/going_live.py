"""Going live: the stock by age and by score now, and the queue that each start plan makes, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lib.charts.language import AGREED, DATES, DRAFT, HEIGHT, HUES, Chart, chart, count

STANDING, FADED = "at the threshold now", "below it now"


def stock(title: str, bins: Sequence[str], standing: Sequence[int], faded: Sequence[int]) -> Chart:
    """How many of the stock are in each bin, those that still stand at the threshold apart."""
    total, there = sum(standing) + sum(faded), sum(standing)
    most = max(range(len(bins)), key=lambda n: standing[n] + faded[n], default=0)
    alt = f"{count(total, 'lead')} in stock, {there:,} of them at the threshold now; most in {bins[most]}."
    if not total:
        return chart(title, [], "Nobody is in stock.", nothing="Nobody is in stock")
    return chart(
        title,
        [_bars(STANDING, bins, standing, DRAFT), _bars(FADED, bins, faded, AGREED)],
        alt,
        barmode="stack",
        xaxis={"type": "category", "fixedrange": True},
        yaxis={"title": "leads", "tickformat": ",", "fixedrange": True},
    )


def _bars(name: str, bins: Sequence[str], leads: Sequence[int], colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": list(bins),
        "y": list(leads),
        "marker": {"color": colour},
        "hovertemplate": "%{y:,}<extra>" + name + "</extra>",
    }


def queues(days: Sequence[date], waiting: Mapping[str, Sequence[int | None]], chosen: str) -> Chart:
    """Who waits to be taken up at the end of each working day, by plan, the chosen one thick."""
    title = "How many would wait?"
    if all(number is None for numbers in waiting.values() for number in numbers):
        nothing = "No rep says how many leads a day it can take up"
        return chart(title, [], f"{nothing}.", nothing=nothing)
    most = {name: max((number or 0 for number in numbers), default=0) for name, numbers in waiting.items()}
    alt = "; ".join(f"{name}: at most {number:,} wait" for name, number in most.items())
    return chart(
        title,
        [
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": list(days),
                "y": list(numbers),
                "line": {"color": HUES[place], "width": 4 if name == chosen else 1.5},
                "hovertemplate": "%{y:,}<extra>" + name + "</extra>",
            }
            for place, (name, numbers) in enumerate(waiting.items())
        ],
        f"{alt}.",
        height=HEIGHT,
        xaxis=dict(DATES),
        yaxis={"title": "at the day's end", "rangemode": "tozero", "tickformat": ",", "fixedrange": True},
    )
