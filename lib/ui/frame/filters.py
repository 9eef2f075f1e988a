"""Which hand-offs a page looks at: the days, and the channel, source or owner; the address says all of it."""

from collections.abc import Callable

import streamlit as st

from lib.app import sla
from lib.app.snapshot import Snapshot
from lib.core.arrays import UNKNOWN, Column
from lib.core.handoffs.choosing import BLANK, Filter
from lib.core.leads.history import frequent_values
from lib.core.time.periods import By
from lib.core.time.window import Window
from lib.ui.frame import elements
from lib.ui.frame.window import WINDOWS, looked_at, show_days, show_weeks

VALUES_OFFERED = 500

BLANK_WORDS = "(blank)"


def days(counted: str) -> Window:
    """The window, and a picker for it; `counted` says which leads count in it."""
    window = looked_at()
    with st.popover(
        f"{elements.day(window.start)} – {elements.day(window.last_day)}",
        icon=":material/date_range:",
        key="window-picker",
    ):
        for weeks in WINDOWS:
            if st.button(f"Last {weeks} whole weeks", key=f"weeks:{weeks}", width="stretch"):
                show_weeks(weeks)
                # All of the page, also from inside a fragment: the days count everywhere.
                st.rerun()
        with st.form("days", border=False):
            chosen = st.date_input("Or from the first to the last day", (window.start, window.last_day))
            submitted = st.form_submit_button("Show these days")
        if submitted and len(chosen) == 2:
            show_days(*chosen)
            st.rerun()
        st.caption(counted)
    return window


def hand_offs(snapshot: Snapshot) -> Filter:
    """The channel, source and owner chosen; all of them where none is."""
    every = snapshot.handoffs
    return Filter(
        _choice("channel", "All channels", every.channel),
        _choice("source", "All sources", every.source),
        _choice("owner", "All owners", every.owner, lambda owner: sla.rep_name(snapshot.sales, owner)),
    )


def _choice(key: str, everything: str, column: Column, words: Callable[[str], str] = str) -> str | None:
    blank = [BLANK] if (column.codes == UNKNOWN).any() else []
    values = frequent_values(column, VALUES_OFFERED)
    # Streamlit keeps what formats until the next run: the words, not the data they are from.
    said = {BLANK: BLANK_WORDS, **{value: words(value) for value in values}}
    return st.selectbox(
        key.capitalize(),
        [*values, *blank],
        index=None,
        format_func=lambda value: said.get(value, value),
        placeholder=everything,
        label_visibility="collapsed",
        key=key,
        width=200,
        bind="query-params",
    )


def period() -> By:
    """Weeks, months, quarters or fiscal years."""
    chosen: By = st.segmented_control(
        "By",
        [By.WEEK, By.MONTH, By.QUARTER, By.YEAR],
        default=By.WEEK,
        format_func=str,
        label_visibility="collapsed",
        required=True,
        key="by",
        bind="query-params",
    )
    return chosen


def write_days() -> None:
    """Make the address reopen these days; the other choices write themselves."""
    window = looked_at()
    for name, day in (("from", window.start), ("to", window.end)):
        if st.query_params.get(name) != day.isoformat():
            st.query_params[name] = day.isoformat()
