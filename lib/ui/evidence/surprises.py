"""Answers against the score: rejected with a high one, accepted with a low one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from lib.app.snapshot import Snapshot
from lib.core.evidence.findings import Findings
from lib.ui.evidence import tables
from lib.ui.frame import elements, lead_tables
from lib.ui.now import present

LEADS_SHOWN = 100


@st.fragment
def show(answer: Findings) -> None:
    """Who was rejected with a high score and accepted with a low one, to be read together."""
    snapshot = present.snapshot()
    elements.section(
        "Answers against the score",
        "against-score",
        "Decided hand-offs by the score the definition gives them as of their hand-over: rejected ones from the "
        "upper quartile on, and accepted ones up to the lower. What they owe their score to is faded to the hand-over.",
        snapshot,
    )
    of = answer.surprises
    if of.high is None or of.low is None:
        st.markdown("No decided hand-off has a score yet.")
        return
    left, right = st.columns(2)
    with left:
        _listed(snapshot, answer, of.rejected, f"Rejected with {of.high} points or more", "rejected-high")
    with right:
        _listed(snapshot, answer, of.accepted, f"Accepted with {of.low} points or less", "accepted-low")


LEAD_COLUMNS: Mapping[str, Any] = {
    "page": st.column_config.LinkColumn("Lead", display_text=r"id=(.*)$", help="Opens the lead's page", width="small"),
    "score": st.column_config.NumberColumn(
        "Score", help="As of the hand-over, under the definition chosen above", width="small"
    ),
    "because": st.column_config.TextColumn("Owes its score to", width=280),
    "reason": st.column_config.TextColumn("Reason", width=130),
    "title": "Title",
    "company": "Company",
    "name": "Name",
    "handed_over": st.column_config.DatetimeColumn("Handed over", format="D MMM YYYY"),
}


def _listed(snapshot: Snapshot, answer: Findings, rows: npt.NDArray[np.int64], title: str, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        shown = f", the first {LEADS_SHOWN}" if len(rows) > LEADS_SHOWN else ""
        st.markdown(f"**{title}**: {len(rows):,}{shown}")
        if len(rows):
            elements.all_as_csv(
                lambda: lead_tables.csv(tables.against_score(snapshot, answer, rows)), f"evidence-{key}.csv"
            )
    if not len(rows):
        st.caption("Nobody.")
        return
    columns = [name for name in LEAD_COLUMNS if name != "reason" or key == "rejected-high"]
    st.dataframe(
        tables.against_score(snapshot, answer, rows[:LEADS_SHOWN]),
        key=key,
        hide_index=True,
        height=320,
        placeholder="",
        alt=f"{title}, each with its lead and what it owes its score to",
        column_order=columns,
        column_config=LEAD_COLUMNS,
    )
