"""What came on each day, and the days on which nothing did though it usually does."""

from collections.abc import Sequence
from datetime import date, timedelta

from lib.charts.language import AGREED, DATES, HATCHED_AXIS, Chart, chart, count, day, hatched
from lib.core.exchange.soundness import Gap, Missing

DAY_MS = 86_400_000


def rows_by_day(name: str, first: date, rows: Sequence[int], missing: Missing) -> Chart:
    """One bar a day from `first` on, hatched where something is missing; `name` is what came: "activities"."""
    title = f"On which days did {name} come?"
    if not rows:
        return chart(title, [], f"No {name} came.", nothing=f"No {name} came")
    days = [first + timedelta(days=number) for number in range(len(rows))]
    ended = missing.ended
    spans = [*missing.gaps, *([Gap(ended.last + timedelta(days=1), days[-1])] if ended else [])]
    without = [span.first + timedelta(days=number) for span in spans for number in range(span.days)]
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
        [bars, *hatched(without, "nothing came", DAY_MS)],
        _finding(name, days, missing),
        xaxis={**DATES, "hoverformat": "%a %-d %B %Y"},
        yaxis={"rangemode": "tozero"},
        yaxis9=dict(HATCHED_AXIS),
    )


def _finding(name: str, days: Sequence[date], missing: Missing) -> str:
    span = f"from {day(days[0])} to {day(days[-1])}"
    sentences = []
    if missing.gaps:
        longest = max(missing.gaps, key=lambda gap: gap.days)
        number = len(missing.gaps)
        sentences.append(
            f"{count(number, 'time')} {span} no {name} came though they usually do; the longest gap begins on "
            f"{day(longest.first)} and lasts {count(longest.days, 'day')}."
        )
    if missing.ended:
        sentences.append(f"No {name} since {day(missing.ended.last)}, {count(missing.ended.days, 'day')}.")
    return " ".join(sentences) or f"No day {span} is without {name} though such a day usually has some."
