"""What the whole Data page begins with: what there is, and where to go."""

from typing import Any

import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.ui.data import runs as data_runs
from lib.ui.frame import elements

PARTS = ["Bring in", "Imports", "Freshness", "Quality", "Duplicates", "Take out"]


def headline(snapshot: Snapshot) -> None:
    """How much there is, and when the last of it came."""
    leads = snapshot.leads.history.leads
    runs = data_runs.import_runs()
    if not leads and not runs:
        st.markdown("#### There is no data yet. Drop your files below.")
        st.caption(
            "Leads first, or together with what they did and what sales answered. To look around before: "
            "`python -m lib sample --leads 20000`."
        )
        return
    activities = len(snapshot.leads.history.activity_at)
    counts = (count(leads, "lead"), count(activities, "activity", "activities"))
    told = ", ".join(f"**{one}**" for one in counts) + f" and **{count(len(snapshot.handoffs), 'hand-off')}**"
    last = (
        f"; the last import was on {elements.moment(runs[0].imported_at)}" if runs else "; none of it was imported here"
    )
    st.markdown(f"#### {told}{last}.")


def tabs() -> Any:
    """The parts of the page; only the open one is computed, and the address says which."""
    return st.tabs(PARTS, key="part", bind="query-params")
