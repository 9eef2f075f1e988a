"""What a draft does to the volume of MQLs, and where leads' points come from."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from lib.charts.language import (
    AGREED,
    CATEGORY_COLOURS,
    DATES,
    DRAFT,
    TALL,
    Chart,
    Mark,
    amount,
    chart,
    count,
    day,
)
from lib.core.definition.criteria import Category
from lib.core.definition.words import CATEGORY_TITLES

Counts = Sequence[int] | npt.NDArray[np.integer[Any]]

# The agreed line is the broader one, beneath: where both are equal it still shows.
AGREED_PX, DRAFT_PX = 5, 2


def mqls_by_week(
    weeks: Sequence[date], draft: Counts, agreed: Counts, again: Counts, goal_per_week: float | None = None
) -> Chart:
    """MQLs of each week (its first day) under both definitions, and the goal as a line; shapes (weeks,).

    `again` says how many of the draft's come back from sales.
    """
    title = "How many MQLs would each week have had?"
    if not len(weeks):
        return chart(title, [], "There is no week in the window.", nothing="There is no week in the window")
    draft_total, agreed_total = int(np.sum(draft)), int(np.sum(agreed))
    alt = (
        f"{count(len(weeks), 'week')} from {day(weeks[0])}: the draft would have handed over "
        f"{count(draft_total, 'MQL')}, {count(draft_total / len(weeks))} a week{_of_them_again(again)}; the agreed "
        f"definition {count(agreed_total)}, {count(agreed_total / len(weeks))} a week. "
        f"That is {_change(draft_total - agreed_total)}."
    )
    marks = []
    if goal_per_week is not None:
        reached = int(np.sum(np.asarray(draft) >= goal_per_week))
        alt += (
            f" The draft reaches the goal of {count(goal_per_week)} a week in {reached} of {count(len(weeks), 'week')}."
        )
        marks = [Mark("y", goal_per_week, f"goal {count(goal_per_week)}")]
    return chart(
        title,
        [
            _line("agreed", weeks, agreed, AGREED, AGREED_PX, mode="lines+markers"),
            _line("draft", weeks, draft, DRAFT, DRAFT_PX, mode="lines+markers"),
            *([_again_line(weeks, again)] if np.any(again) else []),
        ],
        alt,
        marks=marks,
        xaxis={**DATES, "hoverformat": "week of %-d %B %Y"},
    )


def _of_them_again(again: Counts) -> str:
    return f", {count(int(np.sum(again)))} of them again" if np.any(again) else ""


def _again_line(weeks: Sequence[date], again: Counts) -> dict[str, Any]:
    line = _line("draft: again", weeks, again, DRAFT, 1, mode="lines")
    return {**line, "line": {**line["line"], "dash": "dot"}}


def mqls_by_threshold(
    thresholds: Counts, draft: Counts, agreed: Counts, draft_threshold: int, agreed_threshold: int
) -> Chart:
    """MQLs in the window at each threshold (ascending) under both definitions; shapes (thresholds,) or shorter.

    A curve that ends brings nothing from there on: no lead scores as high.
    """
    title = "What does each threshold bring?"
    if not len(thresholds):
        return chart(title, [], "No lead has a score in the window.", nothing="No lead has a score in the window")
    draft, agreed = (np.pad(curve, (0, len(thresholds) - len(curve))) for curve in (draft, agreed))
    drafted = dict(zip(map(int, thresholds), map(int, draft), strict=True))
    agreed_at = dict(zip(map(int, thresholds), map(int, agreed), strict=True))
    here = drafted.get(draft_threshold, 0)
    alt = (
        f"At {draft_threshold} the draft brings {count(here, 'MQL')}; the agreed definition at {agreed_threshold} "
        f"brings {count(agreed_at.get(agreed_threshold, 0))}. "
    )
    # A lower threshold may bring fewer: leads then qualify earlier, perhaps before the window.
    if draft_threshold - 1 in drafted:
        alt += f"One point lower would bring {_change(drafted[draft_threshold - 1] - here)}, one point higher "
    else:
        alt += "One point higher would bring "
    alt += f"{_change(drafted.get(draft_threshold + 1, 0) - here)}."
    if draft_threshold == agreed_threshold:
        marks = [Mark("x", draft_threshold, f"draft and agreed {draft_threshold}", DRAFT)]
    else:
        higher = draft_threshold > agreed_threshold
        marks = [
            Mark("x", agreed_threshold, f"agreed {agreed_threshold}", AGREED, "left" if higher else "right"),
            Mark("x", draft_threshold, f"draft {draft_threshold}", DRAFT, "right" if higher else "left"),
        ]
    return chart(
        title,
        [_line("agreed", thresholds, agreed, AGREED, AGREED_PX), _line("draft", thresholds, draft, DRAFT, DRAFT_PX)],
        alt,
        marks=marks,
        xaxis={"title": "threshold", "hoverformat": "d", "unifiedhovertitle": {"text": "threshold %{x}"}},
        yaxis={"title": "MQLs in the window"},
    )


def score_distribution(
    bins: Sequence[int], by_category: Mapping[str, Sequence[float]], counts: Sequence[int], threshold: int
) -> Chart:
    """How many leads have which score, above what the average lead there owes to each category.

    `bins` are the lowest scores of bins of one width, ascending; `counts` their leads;
    `by_category` has the mean points by category, undesirables 0 or less. Shapes (bins,).
    """
    title = "Where do the points come from?"
    total = sum(counts)
    if not total:
        return chart(title, [], "There is no lead to score.", height=TALL, nothing="There is no lead to score")
    width = bins[1] - bins[0] if len(bins) > 1 else 1
    means = {category: list(by_category.get(category, [0.0] * len(bins))) for category in Category}
    reaching = sum(n for low, n in zip(bins, counts, strict=True) if low >= threshold)
    alt = (
        f"{count(total, 'lead')} by score in steps of {count(width, 'point')}; {count(reaching)} of them in the steps "
        f"from the threshold of {threshold} up."
    )
    if reaching:
        owed = {category: _mean_from(threshold, bins, means[category], counts) for category in Category}
        most = max(owed, key=lambda category: owed[category])
        alt += f" There, {CATEGORY_TITLES[most].lower()} gives the most, {amount(owed[most])} points on average"
        against = owed[Category.UNDESIRABLES]
        alt += f", and what speaks against takes {amount(-against)} points." if against < 0 else "."
    middle = [low + width / 2 for low in bins]
    ranges = [f"{low} to {low + width - 1}" if width > 1 else str(low) for low in bins]
    bars = {"type": "bar", "width": width * 0.92, "x": middle, "customdata": ranges}
    traces = [
        {
            **bars,
            "name": "leads",
            "y": list(counts),
            "yaxis": "y2",
            "marker": {"color": AGREED},
            "showlegend": False,
            "hovertemplate": "%{y:,} leads with a score of %{customdata}<extra></extra>",
        },
        *(
            {
                **bars,
                "name": CATEGORY_TITLES[category],
                "y": means[category],
                "marker": {"color": CATEGORY_COLOURS[category]},
                "hovertemplate": f"%{{y:.1f}} {CATEGORY_TITLES[category].lower()}<extra></extra>",
            }
            for category in Category
        ),
    ]
    return chart(
        title,
        traces,
        alt,
        marks=[Mark("x", threshold, f"threshold {threshold}")],
        height=TALL,
        barmode="relative",
        xaxis={"title": "score", "hoverformat": "d", "anchor": "y"},
        yaxis={"domain": [0, 0.62], "title": "mean points", "zeroline": True, "zerolinecolor": AGREED},
        yaxis2={
            "domain": [0.7, 1],
            "anchor": "x",
            "title": "leads",
            "nticks": 3,
        },
    )


def _line(name: str, x: Any, y: Any, colour: str, width: int, mode: str = "lines") -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": mode,
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": colour, "width": width},
        "marker": {"color": colour, "size": 5},
        "hovertemplate": f"%{{y:,}} {name}<extra></extra>",
    }


def _change(more: int) -> str:
    if not more:
        return "the same number"
    return f"{count(abs(more))} {'more' if more > 0 else 'fewer'}"


def _mean_from(threshold: int, bins: Sequence[int], means: Sequence[float], counts: Sequence[int]) -> float:
    rows = [(mean, n) for low, mean, n in zip(bins, means, counts, strict=True) if low >= threshold]
    return sum(mean * n for mean, n in rows) / sum(n for _, n in rows)
