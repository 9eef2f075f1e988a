"""The days a visitor looks at: one window for all pages, from the address or the picker."""

from datetime import date, timedelta

import streamlit as st

from lib.core.time.clock import WINDOW_WEEKS
from lib.core.time.window import Window
from lib.ui.frame import address
from lib.ui.now import present

WINDOWS = (4, 13, 26, 52)
"""Whole weeks up to now, to choose from; any other days can be picked."""


def looked_at() -> Window:
    """The days looked at, from the address or the picker; by default the last 26 whole weeks."""
    if "window" not in st.session_state:
        st.session_state["window"] = _window_from_address() or present.snapshot().default_window
    current: Window = st.session_state["window"]
    return current


def _window_from_address() -> Window | None:
    first, end = (st.query_params.get(key, "") for key in ("from", "to"))
    if not (first or end):
        return None
    try:
        return present.deployment().config.policy.window(date.fromisoformat(first), date.fromisoformat(end))
    except ValueError:
        asked = f"From “{first}” to “{end}”, the day after the last, there are no days"
        address.note_fault(f"{asked}; these are the last {WINDOW_WEEKS} whole weeks.")
        return None


def show_weeks(weeks: int) -> None:
    """Look at so many whole weeks up to now."""
    end = present.snapshot().default_window.end
    st.session_state["window"] = present.deployment().config.policy.window(end - timedelta(weeks=weeks), end)


def show_days(first: date, last: date) -> None:
    """Look at the days from `first` to `last`, both included."""
    st.session_state["window"] = present.deployment().config.policy.window(first, last + timedelta(days=1))
