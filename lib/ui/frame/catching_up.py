"""After an import: reads the leads anew before a page is drawn, and says meanwhile what it is at and how far."""

import streamlit as st

from lib.ui.now import asked


def show() -> None:
    """A bar until everything that pages count is read; nothing where it is, which is nearly always."""
    # Always there: what stands below keeps its place.
    place = st.empty()
    if asked.history_is_read():
        return
    for done, doing, step in (
        (0.0, "leads and what they did", asked.history),
        (0.6, "what sales made of them", asked.handoffs),
        (0.7, "everybody's score under the agreed definition", _score),
    ):
        place.progress(done, f"Reading the data anew: {doing} …")
        step()
    place.empty()


def _score() -> None:
    if asked.history().leads:
        asked.preview(asked.agreed_definition(), asked.default_window())
