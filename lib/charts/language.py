"""The one visual language: which colour means what, and the frame every chart stands in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any, Literal

import plotly.graph_objects as go

from lib.core.definition.criteria import Category
from lib.core.time.periods import MONTHS, By, fiscal_name, period_after

# Each has 3:1 on white and on the dark background, so a figure need not know which of them it is shown on.
# `.streamlit/config.toml` gives the same hues to the widgets.
DRAFT = "#7C5FD0"
AGREED = "#7E8793"
GAINED = "#0072B2"
LOST = "#D55E00"

TEXT = "#000037"
"""Text needs 4.5:1, which no one colour has on both; in the place of this one Streamlit writes the theme's dark or
light grey. What it gives text by itself has 3.7:1 on white. Outside Streamlit it is a dark blue, legible on paper."""

CATEGORY_COLOURS: Mapping[Category, str] = {
    Category.PROFILE: "#0072B2",
    Category.CHANNEL: "#00906A",
    Category.ACTIONS: "#C0689A",
    Category.UNDESIRABLES: "#D55E00",
}

OBSERVED = "#0072B2"
"""What happened, where nothing is set against it."""

ACCEPTED = "#00906A"
REJECTED = "#D55E00"
OPEN = "#7E8793"
CLOSED = "#5E6774"

HUES = ("#0072B2", "#D55E00", "#00906A", "#C0689A", "#7C5FD0")
"""For what has no fixed colour (reasons, teams, horizons), in this order."""


@dataclass(frozen=True)
class Style:
    """How one state of a promise looks on every page: a shape's colour, and Streamlit's name of its icon."""

    colour: str
    icon: str


# Those who see no red or no green tell each two of them apart; the icon and the word always stand beside the colour.
STATES: Mapping[str, Style] = {
    "met": Style("#00906A", ":material/check_circle:"),
    "breached": Style("#D55E00", ":material/timer_off:"),
    "overdue": Style("#C0689A", ":material/notification_important:"),
    "due": Style("#0072B2", ":material/hourglass_top:"),
    "by day only": Style("#5E6774", ":material/event:"),
}
"""By the state's word, in the order they are stacked."""

HEIGHT = 300
"""Of a chart, in pixels: the same whatever is in it, so that nothing below it moves."""

TALL = HEIGHT + 60
"""In pixels, for the figure that is two in one."""

ROW_PX = 28
"""Height of one line of a chart whose rows are named, in pixels."""

DATES: Mapping[str, Any] = {
    "type": "date",
    "tickformatstops": [
        {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%-d %b"},
        {"dtickrange": [86_400_000, None], "value": "%-d %b\n%Y"},
    ],
}
"""An axis of days, of hours where it is short."""

MARK_LABEL_PX = 96
"""Room to the right for the label of a level line."""

CONFIG: Mapping[str, object] = {"displayModeBar": False, "doubleClick": "reset"}
"""What `st.plotly_chart` is given as `config`: a double click undoes a zoom, so no buttons are needed."""

LABEL_LETTERS = 24
"""Of a row's name: on a narrow screen more would leave no room for the row itself."""

MINUS = "−"
GRID = "rgba(126, 135, 147, 0.22)"
CLEAR = "rgba(0, 0, 0, 0)"


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure, and in words what it shows to those who do not see it: `st.plotly_chart(figure, alt=alt)`."""

    figure: go.Figure
    alt: str


@dataclass(frozen=True)
class Mark:
    """A thin labelled line across the chart: a promise, a threshold, a goal.

    It stands at `at` on the `axis`. Labels lie outside the plot, where no data is: that of a level line
    behind its right end, that of an upright one above it, to its left or right.
    """

    axis: Literal["x", "y"]
    at: float | date
    label: str
    colour: str = AGREED
    side: Literal["left", "right"] = "right"

    def shape(self) -> dict[str, Any]:
        upright = self.axis == "x"
        across = "y" if upright else "x"
        outside = (
            {"xanchor": "left" if self.side == "right" else "right", "yanchor": "bottom"}
            if upright
            else {"xanchor": "left", "yanchor": "middle"}
        )
        return {
            "type": "line",
            f"{self.axis}0": self.at,
            f"{self.axis}1": self.at,
            f"{across}0": 0,
            f"{across}1": 1,
            f"{across}ref": "paper",
            "line": {"color": self.colour, "width": 1.5, "dash": "dash"},
            "label": {
                "text": self.label,
                "textposition": "end",
                "textangle": 0,
                "padding": 3,
                "font": {"color": TEXT},
                **outside,
            },
        }


def chart(
    title: str,
    traces: Sequence[Mapping[str, Any]],
    alt: str,
    *,
    marks: Sequence[Mark] = (),
    height: int = HEIGHT,
    nothing: str = "",
    **layout: Any,
) -> Chart:
    """The traces in the common frame, under a title that is a question or a finding.

    `nothing` is the sentence shown in place of data when there is none, and
    `layout` what differs from the frame, section by section (`xaxis={…}`); an
    axis' `title` is its text alone.
    """
    frame: dict[str, Any] = {
        "title": {"text": title, "font": {"size": 16}, "x": 0, "y": _down(12, height), "yanchor": "middle"},
        "height": height,
        "font": {"color": TEXT},
        "margin": {"l": 8, "r": MARK_LABEL_PX if any(mark.axis == "y" for mark in marks) else 16, "t": 76, "b": 8},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "legend": {
            "orientation": "h",
            "xref": "container",
            "x": 0,
            "yref": "container",
            "y": _down(26, height),
            "yanchor": "top",
            # Plotly would turn it round where bars are stacked.
            "traceorder": "normal",
        },
        "hovermode": "x unified",
        "separators": ".,",
        # The same for every state of a chart: a zoom outlives the next number.
        "uirevision": "kept",
        "shapes": [mark.shape() for mark in marks],
        "annotations": [],
    }
    for name in sorted({"xaxis", "yaxis", *(name for name in layout if name.startswith(("xaxis", "yaxis")))}):
        at = [mark.at for mark in marks if mark.axis == name[0]]
        frame[name] = {**_axis(upright=name[0] == "y", at=at), **layout.pop(name, {})}
        # An empty title would still be given room.
        if "title" in frame[name]:
            frame[name]["title"] = {"text": frame[name]["title"], "font": {"color": TEXT}}
    if nothing:
        frame["annotations"] = [
            {"text": nothing, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
        ]
        for name in ("xaxis", "yaxis"):
            frame[name]["visible"] = False
    # Plotly's own checks take four times as long as the rest; the tests make them instead.
    figure = go.Figure({"data": [dict(trace) for trace in traces], "layout": {**frame, **layout}}, _validate=False)
    return Chart(figure, alt)


def _axis(*, upright: bool, at: Sequence[object]) -> dict[str, Any]:
    axis = {
        "automargin": True,
        "gridcolor": GRID,
        "zeroline": False,
        "tickfont": {"color": TEXT},
        # A line beyond the data would else lie outside the plot.
        "autorangeoptions": {"include": list(at)},
    }
    if upright:
        return {**axis, "fixedrange": True, "rangemode": "tozero", "tickformat": ","}
    return {**axis, "showgrid": False}


def _down(pixels: int, height: int) -> float:
    """How high a place so many pixels below a figure's upper edge is, as a share of its height."""
    return 1 - pixels / height


def count(number: float, one: str = "", many: str = "") -> str:
    """A whole number with thousands separators, and its noun: "1 MQL", "1,204 MQLs" (`many` where it isn't one + s)."""
    whole = round(number)
    return f"{whole:,} {one if whole == 1 else many or one + 's'}" if one else f"{whole:,}"


def amount(points: float | Decimal) -> str:
    """Points with one decimal where there is one: "63.2", "20", "−0.5"."""
    written = f"{abs(points):,.1f}".removesuffix(".0")
    return f"{MINUS}{written}" if points < 0 and written != "0" else written


def signed(points: float | Decimal) -> str:
    """An amount that always shows its direction: "+20", "−12.4", "0"."""
    written = amount(points)
    return f"+{written}" if points > 0 and written != "0" else written


def day(instant: date) -> str:
    """`3 March 2026`."""
    return f"{instant.day} {instant:%B %Y}"


def roomy(values: Iterable[float], below: float, above: float) -> list[float]:
    """The range of an axis from 0 or less to the highest value, with such shares of it added at its ends."""
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    return [low - below * span if low < 0 else low, high + above * span]


def percent(share: float) -> str:
    """A share as whole per cents: "46 %"."""
    return f"{share * 100:.0f} %"


def duration(hours: float) -> str:
    """Hours and whole minutes: "3 h 20 min", "4 h", "45 min"."""
    whole, minutes = divmod(round(hours * 60), 60)
    if not whole:
        return f"{minutes} min"
    return f"{whole:,} h {minutes} min" if minutes else f"{whole:,} h"


def period_name(first_day: date, by: By) -> str:
    """`the week of 2 March 2026`, `March 2026`, `April to June 2026`, `July 2025 to June 2026`, `2026`."""
    if by is By.WEEK:
        return f"the week of {day(first_day)}"
    last = period_after(first_day, by) - timedelta(days=1)
    if by is By.MONTH:
        return f"{first_day:%B %Y}"
    if (first_day.month, last.month) == (1, 12):
        return f"{first_day.year}"
    begins = f"{first_day:%B}" if first_day.year == last.year else f"{first_day:%B %Y}"
    return f"{begins} to {last:%B %Y}"


def periods_axis(by: By) -> dict[str, Any]:
    """An axis of periods by their first days."""
    return {**DATES, "hoverformat": HOVERED.get(by, "%B %Y")}


def named_by_year(drawn: Chart, periods: Sequence[date], by: By, year_starts: int) -> Chart:
    """The chart with its quarters or fiscal years named on the axis, as years begin in that month; else as it is."""
    if by in (By.QUARTER, By.YEAR):
        names = [fiscal_name(period, by, year_starts) for period in periods]
        drawn.figure.update_xaxes(tickmode="array", tickvals=list(periods), ticktext=names)
    return drawn


HOVERED = {
    By.WEEK: "week of %-d %B %Y",
    By.QUARTER: "quarter from %B %Y",
    By.YEAR: "year from %B %Y",
}


def period_ms(by: By) -> int:
    """The width of a period on an axis of days: Plotly gives a bar that stands alone the whole axis."""
    return (7 if by is By.WEEK else 30 * MONTHS.get(by, 1)) * 86_400_000


HATCHED_AXIS: Mapping[str, Any] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
"""The `yaxis9` of a chart with a `hatched` trace: from the bottom of the plot to its top."""


def hatched(places: Sequence[Any], word: str, width: float) -> list[dict[str, Any]]:
    """Hatching over the whole height at these places of the x axis, with its word in the legend; none without a place.

    For what must not be read as a finding: an immature cohort, what was not observed.
    """
    if not len(places):
        return []
    return [
        {
            "type": "bar",
            "name": word,
            "x": list(places),
            "y": [1] * len(places),
            "width": width,
            "yaxis": "y9",
            "marker": {
                "color": CLEAR,
                "line": {"width": 0},
                "pattern": {"shape": "/", "fgcolor": AGREED, "bgcolor": CLEAR, "size": 8, "solidity": 0.12},
            },
            "hoverinfo": "skip",
        }
    ]


def safe(label: str) -> str:
    """A text somebody typed, as it is: Plotly takes `<b>` for bold."""
    return escape(label, quote=False)


def short(label: str) -> str:
    """A safe text that leaves a chart room beside it."""
    return safe(label if len(label) <= LABEL_LETTERS else f"{label[: LABEL_LETTERS - 1].rstrip()}…")


def wall_clock(instants: Sequence[datetime]) -> list[datetime]:
    """The instants as a clock on the wall showed them: Plotly has no time zones and would drop the offset itself."""
    return [instant.replace(tzinfo=None) for instant in instants]
