"""Below the agreement: who proposed, signed and withdrew what and why, and the proof that nobody changed it since."""

import streamlit as st

from lib.app.snapshot import Snapshot
from lib.charts.language import count
from lib.ui.agreement import standing
from lib.ui.frame import elements, jobs, lead_tables
from lib.ui.sla import waiting as waiting_words


def show(snapshot: Snapshot) -> None:
    """The log, the newest first, as a file too, and the button that verifies it."""
    elements.section(
        "Decision log",
        "decision-log",
        "Every proposal, signature and withdrawal of a version. Each entry of the audit chain carries the hash of the "
        "one before it, so none can be changed, left out or put in later without the chain showing it.",
        snapshot,
    )
    rows = standing.decision_log()
    if rows.empty:
        st.caption("Nothing was proposed yet. The first proposal begins the log.")
    else:
        st.dataframe(
            rows,
            hide_index=True,
            column_order=["when", "who", "what", "reason", "page"],
            column_config={
                "when": st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm", width=140),
                "who": st.column_config.TextColumn("Who", width=120),
                "what": st.column_config.TextColumn("What"),
                "reason": st.column_config.TextColumn("Reason", width="large"),
                "page": st.column_config.LinkColumn("Version", display_text=r"version=(\d+)", width="small"),
            },
            key="decision-log",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if not rows.empty:
            elements.all_as_csv(lambda: lead_tables.csv(rows), "decision-log.csv")
        st.button(
            "Verify",
            icon=":material/verified:",
            key="verify",
            on_click=standing.begin_verifying,
            help="Walks the whole audit chain, sets every record against its entry and every cycle against its events, "
            "and names the first break.",
        )
    if jobs.watch(standing.VERIFYING, "What both sides signed may have been changed."):
        found = jobs.of(standing.VERIFYING)
        assert found is not None  # noqa: S101  (for mypy: it was watched)
        entries, at = found.result()
        st.success(
            f"Everything holds: {count(entries, 'audit entry', 'audit entries')}, all records and all cycles, "
            f"as of {waiting_words.said_at(at)}.",
            icon=":material/verified:",
        )
