"""What came on each day, and the days on which nothing did though it usually does."""

from collections.abc import Sequence
from datetime import date, timedelta

from lib.charts.language import AGREED, DATES, HATCHED_AXIS, Chart, chart, count, day, hatched
from lib.core.exchange.soundness import Gap

DAY_MS = 86_400_000


def rows_by_day(name: str, first: date, rows: Sequence[int], gaps: Sequence[Gap]) -> Chart:
    """One bar a day from `first` on, gaps hatched; `name` is what came: "activities", "hand-overs"."""
    title = f"On which days did {name} come?"
    if not rows:
        return chart(title, [], f"No {name} came.", nothing=f"No {name} came")
    days = [first + timedelta(days=number) for number in range(len(rows))]
    missing = [gap.first + timedelta(days=number) for gap in gaps for number in range(gap.days)]
    bars = {
        "type": "bar",
        "name": name,
        "x": days,
        "y": list(rows),
        "width": DAY_MS * 0.8,
        "marker": {"color": AGREED},
        "hovertemplate": "%{y:,}<extra></extra>",
    }
    return chart(
        title,
        [bars, *hatched(missing, "nothing came", DAY_MS)],
        _finding(name, days, gaps),
        xaxis={**DATES, "hoverformat": "%a %-d %B %Y"},
        yaxis={"rangemode": "tozero"},
        yaxis9=dict(HATCHED_AXIS),
    )


def _finding(name: str, days: Sequence[date], gaps: Sequence[Gap]) -> str:
    span = f"from {day(days[0])} to {day(days[-1])}"
    if not gaps:
        return f"No day {span} is without {name} though such a day usually has some."
    longest = max(gaps, key=lambda gap: gap.days)
    missing = sum(gap.days for gap in gaps)
    return (
        f"{count(missing, 'day')} {span} {'is' if missing == 1 else 'are'} without {name} though such days usually "
        f"have some; the longest gap begins on {day(longest.first)} and lasts {count(longest.days, 'day')}."
    )
