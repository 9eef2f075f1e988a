"""The parts pages share: texts made safe, figures that explain themselves, faults in one box."""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.app.snapshot import Snapshot
from lib.charts.language import CONFIG, Chart
from lib.core.errors import Refused
from lib.core.time import clock
from lib.ui.now import present

COLUMN_HEIGHT = 480
"""Pixels; with the figures and the threshold above it fills a projector's screen."""

HOW_TO_IMPORT = (
    "Drop your files on the [Data page](/data), or load them from a terminal: "
    "`python -m lib import leads.csv --as lead`. "
    "To look around first, fill an empty database with invented ones: `python -m lib sample --leads 20000`."
)

HOW_TO_HAND_OVER = (
    "Drop what was handed over and what sales answered on the [Data page](/data), or load it from a terminal: "
    "`python -m lib import events.csv --as handoff_event`."
)

# What Markdown takes for formatting wherever it stands, and what only at the beginning of a line. A colon before a
# space, or in a clock's 09:05, is neither.
_FORMATTING = re.compile(r"[\\`*_{\[\]<>&$~|#]|:(?!\s|\d\d(?![\w:]))|^[+-](?!\S)|^=(?==*$)")
_NUMBERED = re.compile(r"^(\d+)(?=[.)](?!\S))")

# What is made of a text only once it has been read, so that no escaping helps: of addresses links, of words between
# colons pictures, of signs between spaces arrows and dashes.
_READ_LATER = re.compile(r":(?!\s|$|\d\d(?![\w:]))|(?=@)|ww(?=w\.)|[<>~-](?=[>=-])", re.IGNORECASE)

_SEAM = ":small[]"
"""Nothing at all to who reads or copies a text; but what stands before it and behind it is not read as one."""


def plain(text: str) -> str:
    """The text as it was written, inside Markdown: nothing in it is a link, a picture, a formula, an icon or bold.

    On one line, whatever its spaces: a heading, a label or an item of a list ends where its line does.
    """
    one_line = " ".join(re.sub("[\0\ufeff]", "", text).split())
    seamed = _READ_LATER.sub(lambda found: f"{found[0]}\0", one_line)
    escaped = _NUMBERED.sub(r"\1\\", _FORMATTING.sub(r"\\\g<0>", seamed))
    return escaped.replace("\0", _SEAM)


def percent(share: float) -> str:
    """A share as whole per cents: "46 %"."""
    return f"{100 * share:.0f} %"


def rate(number: float) -> str:
    """A number a week: whole from ten on, below with one decimal."""
    return f"{number:,.0f}" if abs(number) >= 10 else f"{number:,.1f}"


def signed(text: str, number: float) -> str:
    """The text of a number with its sign."""
    return f"+{text}" if number > 0 else f"−{text.removeprefix('-')}" if number < 0 else f"±{text}"


def day(when: date) -> str:
    return f"{when.day} {when:%b %Y}"


def local(at: int) -> datetime:
    """An instant (microseconds) on the reporting zone's clock, without the zone: as tables show it."""
    return clock.from_microseconds(at).astimezone(present.zone()).replace(tzinfo=None)


def moment(at: int) -> str:
    """An instant in words, on the reporting zone's clock: "3 Mar 2026, 09:05"."""
    when = local(at)
    return f"{day(when)}, {when:%H:%M}"


def scrolling(narrow: bool, key: str) -> DeltaGenerator:
    """A column that scrolls on its own, so that the figures above stay in sight; not on a narrow screen."""
    return st.container(key=key, border=False) if narrow else st.container(key=key, height=COLUMN_HEIGHT, border=False)


def figure(
    label: str,
    value: str,
    *,
    beside: str,
    explanation: str,
    delta: float = 0,
    than: str | None = None,
    past: Sequence[float] = (),
    alone: bool = False,
) -> None:
    """One figure of a row: its value, what stands beside it, and on hover what counts and what does not.

    What stands beside it is blue where `delta` is up, and orange where it is down; `than`
    says in plain grey what it is set against, and `past` is drawn as a line under it. `alone`: not in a row, whose
    figures are as high as one another.
    """
    direction: Any = "off" if not delta else "up" if delta > 0 else "down"
    st.metric(
        label,
        value,
        delta=beside,
        delta_color="gray" if not delta else "blue" if delta > 0 else "orange",
        delta_arrow=direction,
        help=explanation,
        border=True,
        height="content" if alone else "stretch",
        chart_data=past or None,
        delta_description=than,
    )


def section(title: str, anchor: str, explanation: str, of: Snapshot) -> None:
    """A heading that an address can lead to; on hover what counts below it, what does not, and as of when."""
    st.subheader(title, anchor=anchor, help=f"{explanation} As of {present.now_in_words(of)}.")


def badge(words: str, colour: str, explanation: str, icon: str = "") -> None:
    """A word or two on a coloured ground; `words` and, on hover, `explanation` are Markdown.

    The one way to a badge: `st.badge` escapes brackets once more, and so brings to life what `plain` had escaped.
    """
    st.markdown(
        f":{colour}-badge[{icon} {words}]" if icon else f":{colour}-badge[{words}]", help=explanation, width="content"
    )


def table(rows: Iterable[tuple[str, str]], heading: str, alt: str) -> None:
    """Names and what is known by each, all shown at once, every text as it was written.

    The one way to `st.table`, which renders Markdown; what has more columns is `st.dataframe`, which renders none.
    """
    known = [(plain(name), plain(text)) for name, text in rows]
    st.table(pd.DataFrame({plain(heading): [text for _, text in known]}, index=[name for name, _ in known]), alt=alt)


def chart(drawn: Chart, key: str) -> None:
    """A figure with its finding as the text alternative."""
    st.plotly_chart(drawn.figure, key=key, alt=drawn.alt, config=dict(CONFIG))


def selectable_chart(drawn: Chart, key: str, chosen: Callable[[Mapping[str, Any] | None], None]) -> None:
    """A figure in which a click on a bar or dot tells `chosen` Plotly's point, or None once nothing is selected.

    Told before the next run, so that `chosen` may set the widgets that say the same by keyboard.
    """

    def tell() -> None:
        points = st.session_state[key].selection.points
        chosen(points[0] if points else None)

    st.plotly_chart(drawn.figure, key=key, alt=drawn.alt, config=dict(CONFIG), on_select=tell, selection_mode="points")


def all_as_csv(written: Callable[[], io.BytesIO], file_name: str) -> None:
    """Download the whole of a table that is shown in part; written only when asked for."""
    st.download_button(
        "All as CSV",
        written,
        file_name,
        "text/csv",
        key=f"csv:{file_name}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def fault_box(refused: Refused, not_done: str) -> None:
    """One box: what happened, what was not done, what to do."""
    lines = [f"- {'' if fault.line is None else f'line {fault.line}: '}{plain(str(fault))}" for fault in refused.faults]
    st.error("\n".join([not_done, "", *lines]), icon=":material/error:")


def said_in_a_box(error: Exception) -> bool:
    """Shows in one box what a person can mend and no page has caught; False for a fault of ours, which is not shown."""
    if not isinstance(error, Refused):
        return False
    fault_box(error, "This was not done:")
    return True


def nothing_yet(what: str, remedy: str) -> None:
    """An empty page that says what is missing and what to do next."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f"### :material/inbox: {what}", text_alignment="center")
        st.markdown(remedy, text_alignment="center")
