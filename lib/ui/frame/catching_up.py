"""After an import: reads the leads anew before a page is drawn, and says meanwhile what it is at and how far."""

import streamlit as st

from lib.app import outlook
from lib.ui.now import present


def show() -> None:
    """A bar until everything that pages count is read; nothing where it is, which is nearly always."""
    # Always there: what stands below keeps its place.
    place = st.empty()
    if present.deployment().is_read():
        return
    place.progress(0.0, "Reading the data anew: leads, what they did, and what sales made of them …")
    snapshot = present.snapshot()
    if len(snapshot.leads):
        place.progress(0.7, "Reading the data anew: everybody's score under the agreed definition …")
        outlook.preview(snapshot, snapshot.definition, snapshot.default_window)
    place.empty()
